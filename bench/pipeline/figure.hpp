#pragma once

#include <cstdio>
#include <string>

namespace depthwire::bench {

/// One line of the bench's output.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  double reference = 0;
};

inline void print(const Figure& figure) {
  std::printf(R"({"name": "%s", "value": %.2f, "unit": "%s", "reference": %.2f, "ratio": %.3f})"
              "\n",
              figure.name.c_str(), figure.value, figure.unit.c_str(), figure.reference,
              figure.value / figure.reference);
  std::fflush(stdout);
}

}  // namespace depthwire::bench
