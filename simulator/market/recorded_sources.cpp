#include "simulator/market/recorded_sources.hpp"

#include "simulator/market/l2_source.hpp"
#include "simulator/market/l3_source.hpp"
#include "simulator/market/line_reader.hpp"
#include "simulator/market/sample_source.hpp"
#include "simulator/market/tick_source.hpp"

namespace depthwire::simulator {
namespace {

template <class Source>
std::unique_ptr<SymbolSource> open_as(const std::filesystem::path& file, const std::string& name) {
  if (typename Source::File(file).at_end()) return nullptr;
  return std::make_unique<Source>(file, name);
}

}  // namespace

std::unique_ptr<SymbolSource> open_recording(const std::filesystem::path& file,
                                             const std::string& name) {
  std::string header;
  {
    LineReader reader(file);
    std::string_view line;
    if (!reader.next(line)) return nullptr;
    header = line;
  }
  if (header == L2Row::header) return open_as<L2Source>(file, name);
  if (header == L3Row::header) return open_as<L3Source>(file, name);
  if (header == TickRow::header) return open_as<TickSource>(file, name);
  if (header == SampleRow::header) return open_as<SampleSource>(file, name);
  return nullptr;
}

}  // namespace depthwire::simulator
