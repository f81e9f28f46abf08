#include "common/replay/replay.hpp"

#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/replay_stages.hpp"
#include "common/service/build_id.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

[[noreturn]] void refuse(const std::string& text) {
  throw service::ExitError(service::exit_code::usage, "replay: " + text);
}

/// The journal of streaming: `given` itself, or the one in that folder.
fs::path find_input(const fs::path& given) {
  if (given.empty()) refuse("--journal DIR is missing: the recorded journal of streaming");
  if (!fs::is_directory(given)) refuse("--journal " + given.string() + " is not a directory");
  if (replay::is_journal(given)) return given;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(given)) {
    const bool of_streaming = entry.path().extension() == ".streaming";
    if (of_streaming && replay::is_journal(entry.path())) found.push_back(entry.path());
  }
  if (found.size() == 1) return found.front();
  refuse("--journal " + given.string() + " holds " +
         (found.empty() ? "no journal" : "several journals") + " of streaming; name one, such as " +
         (given / "sim.streaming").string());
}

void check_out(const fs::path& out) {
  if (out.empty()) refuse("--out DIR is missing: where the journals go");
  if (fs::exists(out) && (!fs::is_directory(out) || !fs::is_empty(out))) {
    refuse("--out " + out.string() + " is not an empty directory; name a new one");
  }
}

std::optional<replay::Bound> bound(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto parsed = replay::parse_bound(text)) return parsed;
  refuse(std::string(option) + ": expected EPOCH:OFFSET or a UTC time such as " +
         "2026-11-21T13:45:00, got \"" + text + "\"");
}

double speed(const std::string& text) {
  if (text == "max") return 0;
  char* end = nullptr;
  const double factor = std::strtod(text.c_str(), &end);
  if (end != text.c_str() && *end == '\0' && factor > 0 && factor <= 1e9) return factor;
  refuse("--speed: expected max or a factor above 0 such as 10, got \"" + text + "\"");
}

/// The overrides of one stage. A key without a stage's name is for the only stage there is.
Overrides overrides(const ReplayOptions& options, std::string_view stage) {
  Overrides found;
  for (const auto& text : options.set) {
    const auto equals = text.find('=');
    if (equals == text.npos) refuse("--set: expected KEY=VALUE, got \"" + text + "\"");
    auto key = text.substr(0, equals);
    const auto dot = key.find('.');
    if (dot == key.npos) {
      if (options.stage == "both") refuse("--set " + key + ": name the stage too, analyzer." + key);
    } else {
      const auto named = key.substr(0, dot);
      if (named != "aggregator" && named != "analyzer") {
        refuse("--set " + key + ": expected a setting of aggregator or analyzer");
      }
      if (options.stage != "both" && named != options.stage) {
        refuse("--set " + key + ": only " + options.stage + " is replayed");
      }
      if (named != stage) continue;
      key.erase(0, dot + 1);
    }
    found.emplace_back(key, text.substr(equals + 1));
  }
  return found;
}

/// Settings of this machine, read when the first stage has no recording.
class Configured {
 public:
  explicit Configured(const Common& common) : common_(common) {}

  const AllSettings& settings() {
    if (!settings_) {
      const Place place = find_place(common_.root, common_.config);
      file_ = place.config;
      settings_ = std::make_unique<AllSettings>();
      settings_->load(place.config);
    }
    return *settings_;
  }
  [[nodiscard]] const fs::path& file() const { return file_; }

 private:
  const Common& common_;
  fs::path file_;
  std::unique_ptr<AllSettings> settings_;
};

/// A stage that is replayed, and what people are told of it.
struct Planned {
  replay::StageOptions options;
  std::string parameters_from;
};

fs::path recorded_journal(const ReplayOptions& options, const fs::path& input,
                          const std::string& source) {
  if (!options.recorded.empty()) {
    if (replay::is_journal(options.recorded / source)) return options.recorded / source;
    const bool itself = options.stage != "both" && replay::is_journal(options.recorded);
    if (itself) return options.recorded;
    refuse("--recorded " + options.recorded.string() + " holds no journal " + source);
  }
  const auto beside = fs::weakly_canonical(input).parent_path() / source;
  return replay::is_journal(beside) ? beside : fs::path();
}

Planned plan(const ReplayedStage& stage, const ReplayOptions& options, const fs::path& input,
             Configured& configured) {
  Planned planned;
  auto& of = planned.options;
  of.input = replay::source_of(input);
  of.source = of.input.substr(0, of.input.find('.')) + "." + std::string(stage.name);
  of.out = options.out / of.source;
  of.only = {options.symbols.begin(), options.symbols.end()};
  of.build = service::build_id();
  of.make = [&stage, from = of.input](const replay::Parameters& parameters) {
    return stage.make(parameters, from);
  };
  const auto recorded = recorded_journal(options, input, of.source);
  if (!recorded.empty()) of.recorded = replay::read_recorded(recorded);
  auto& stretches = of.recorded.stretches;
  if (stretches.empty()) {
    stretches.push_back({stage.configured(configured.settings()), std::nullopt});
    planned.parameters_from = configured.file().string();
  } else {
    planned.parameters_from = recorded.string();
  }
  std::vector<std::string> warnings;
  const auto changed = overrides(options, stage.name);
  for (auto& stretch : stretches) {
    stretch.parameters = stage.complete(stretch.parameters, changed, warnings);
  }
  for (const auto& warning : warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  return planned;
}

void show(const replay::Progress& progress) {
  const double rate =
      progress.seconds > 0 ? static_cast<double>(progress.records) / progress.seconds : 0;
  std::fprintf(stderr, "\r%zu records, %.0f/s, %.0f %%   ",
               static_cast<std::size_t>(progress.records), rate, 100 * progress.share);
}

json to_json(const replay::Summary& summary, const std::string& source,
             const std::vector<Planned>& planned,
             const std::vector<std::unique_ptr<replay::StageReplay>>& stages) {
  json out{{"input", source},
           {"records", summary.records},
           {"first", to_string(summary.first)},
           {"last", to_string(summary.last)},
           {"seconds", summary.seconds},
           {"stages", json::array()}};
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& parameters = planned[i].options.recorded.stretches.back().parameters;
    out["stages"].push_back({{"source", stages[i]->source()},
                             {"outputs", stages[i]->outputs()},
                             {"dead_letters", stages[i]->dead_letters()},
                             {"journal", planned[i].options.out.string()},
                             {"parameters", parameters},
                             {"parameters_from", planned[i].parameters_from}});
  }
  return out;
}

void print(const json& done) {
  const auto seconds = done["seconds"].get<double>();
  const auto records = done["records"].get<double>();
  for (const auto& stage : done["stages"]) {
    std::printf("%s: %zu outputs, %zu dead letters, in %s; parameters from %s\n",
                stage["source"].get<std::string>().c_str(), stage["outputs"].get<std::size_t>(),
                stage["dead_letters"].get<std::size_t>(),
                stage["journal"].get<std::string>().c_str(),
                stage["parameters_from"].get<std::string>().c_str());
  }
  std::printf("%s: %.0f records, %s to %s, in %.2f s (%.0f/s)\n",
              done["input"].get<std::string>().c_str(), records,
              done["first"].get<std::string>().c_str(), done["last"].get<std::string>().c_str(),
              seconds, seconds > 0 ? records / seconds : 0);
}

}  // namespace

int replay(const Common& common, const ReplayOptions& given) {
  auto options = given;
  // Relative to where we are: reading the configuration may change the working directory.
  for (auto* path : {&options.journal, &options.out, &options.recorded}) {
    if (!path->empty()) *path = fs::absolute(*path);
  }
  const auto input = find_input(options.journal);
  check_out(options.out);
  const replay::Input what{input, bound("--from", options.from), bound("--to", options.to),
                           speed(options.speed)};
  Configured configured(common);
  std::vector<Planned> planned;
  for (const auto& stage : replayed_stages()) {
    if (options.stage != "both" && options.stage != stage.name) continue;
    planned.push_back(plan(stage, options, input, configured));
  }
  std::vector<std::unique_ptr<replay::StageReplay>> stages;
  for (const auto& one : planned) {
    stages.push_back(std::make_unique<replay::StageReplay>(one.options));
  }
  const bool terminal = !options.json && ::isatty(STDERR_FILENO) == 1;
  const auto summary = replay::run(what, stages, [&](const replay::Progress& progress) {
    if (terminal) show(progress);
  });
  if (terminal) std::fputs("\r\x1b[K", stderr);
  const auto done = to_json(summary, planned.front().options.input, planned, stages);
  if (options.json) {
    std::puts(done.dump().c_str());
  } else {
    print(done);
  }
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
