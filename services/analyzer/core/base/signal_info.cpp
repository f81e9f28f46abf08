#include "services/analyzer/core/base/signal_info.hpp"

namespace depthwire::analyzer {

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::ratio: return "";
    case Unit::points: return "points";
    case Unit::price: return "points (price)";
    case Unit::size: return "units";
    case Unit::ticks: return "ticks";
    case Unit::ticks_by_size: return "ticks/unit";
    case Unit::basis_points: return "bp";
  }
  return "";
}

std::string_view to_string(Basis basis) {
  switch (basis) {
    case Basis::measured: return "measured";
    case Basis::inferred: return "inferred";
    case Basis::modelled: return "modelled";
  }
  return "";
}

}  // namespace depthwire::analyzer
