#include "simulator/faults/parse.hpp"

#include "common/config/duration.hpp"
#include "common/config/nearest.hpp"
#include "common/ctrader/payload_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

namespace depthwire::simulator {
namespace {

std::deque<std::string> words_of(std::string_view line) {
  std::deque<std::string> words;
  while (true) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// Takes the arguments of a fault one by one and keeps the first that is wrong.
class Arguments {
 public:
  explicit Arguments(std::deque<std::string> words) : words_(std::move(words)) {}

  Milliseconds time(std::optional<Milliseconds> otherwise = std::nullopt) {
    constexpr Milliseconds longest = std::chrono::hours(24);
    if (words_.empty() && otherwise) return *otherwise;
    const auto word = take();
    const auto time = config::parse_duration(word);
    if (time && time->count() > 0 && *time <= longest) return *time;
    expected("a time up to 1d such as 250ms, 5s or 1m", word);
    return {};
  }
  std::uint64_t number(std::optional<std::uint64_t> otherwise = std::nullopt) {
    if (words_.empty() && otherwise) return *otherwise;
    const auto word = take();
    std::uint64_t value = 0;
    const auto* end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(word.data(), end, value);
    if (error == std::errc() && rest == end && value > 0) return value;
    expected("a whole number above 0", word);
    return 1;
  }
  /// Nothing: all accounts.
  std::optional<std::int64_t> account() {
    if (words_.empty()) return std::nullopt;
    const auto id = number();
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(id, largest));
  }
  std::uint32_t payload_type() {
    const auto word = take();
    if (const auto type = ctrader::payload_type_of(word)) return *type;
    expected("a payload type such as ProtoOASpotEvent, PROTO_OA_SPOT_EVENT or 2131", word);
    return 0;
  }
  std::string code() {
    auto word = take();
    const auto allowed = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (word.empty() || !std::ranges::all_of(word, allowed)) {
      expected("an error code such as MARKET_CLOSED", word);
    }
    return word;
  }
  bool flag(std::string_view name) {
    if (words_.empty()) return false;
    const auto word = take();
    if (word != name) expected("\"" + std::string(name) + "\" or nothing", word);
    return true;
  }
  /// What is wrong; nothing if all was as expected and all was taken.
  [[nodiscard]] std::optional<std::string> problem() {
    if (!problem_ && !words_.empty()) expected("nothing more", words_.front());
    return problem_;
  }

 private:
  std::string take() {
    if (words_.empty()) return {};
    auto word = std::move(words_.front());
    words_.pop_front();
    return word;
  }
  void expected(const std::string& what, const std::string& got) {
    if (problem_) return;
    problem_ = "expected " + what + (got.empty() ? ", got nothing" : ", got \"" + got + "\"");
  }

  std::deque<std::string> words_;
  std::optional<std::string> problem_;
};

struct Form {
  std::string_view name;
  std::string_view arguments;
  std::string_view help;
  Fault (*read)(Arguments&);
};

// Braces, as they take the arguments in the order in which they are written.
constexpr std::array<Form, 19> forms{{
    {"drop", "", "close every connection without a word",
     [](Arguments&) -> Fault { return Drop{}; }},
    {"stall", "TIME", "send nothing, keep the connections",
     [](Arguments& a) -> Fault { return Stall{a.time()}; }},
    {"split", "TIME", "send every byte in a TLS record of its own",
     [](Arguments& a) -> Fault { return Split{a.time()}; }},
    {"join", "TIME", "send twice a second, all frames that wait in one write",
     [](Arguments& a) -> Fault { return Join{a.time()}; }},
    {"slow", "BYTES_PER_SECOND TIME", "send no faster than that",
     [](Arguments& a) -> Fault {
       return Slow{a.number(), a.time()};
     }},
    {"garbage", "", "send a frame that is no message",
     [](Arguments&) -> Fault { return Garbage{}; }},
    {"empty-frame", "", "send a frame of length zero",
     [](Arguments&) -> Fault { return EmptyFrame{}; }},
    {"oversize", "", "announce a frame of 64 MiB", [](Arguments&) -> Fault { return Oversize{}; }},
    {"refuse", "TIME", "do not listen; open connections stay",
     [](Arguments& a) -> Fault { return Refuse{a.time()}; }},
    {"wrong-certificate", "TIME", "show newcomers the certificate of another authority",
     [](Arguments& a) -> Fault { return WrongCertificate{a.time()}; }},
    {"restart", "[TIME]", "say goodbye (2148), close, and do not listen (1s)",
     [](Arguments& a) -> Fault { return Restart{a.time(std::chrono::seconds(1))}; }},
    {"error", "CODE PAYLOADTYPE [COUNT]", "answer the next requests of the type with this error",
     [](Arguments& a) -> Fault {
       return ErrorReply{a.code(), a.payload_type(), a.number(1)};
     }},
    {"ignore", "PAYLOADTYPE [COUNT]", "do not answer the next requests of the type",
     [](Arguments& a) -> Fault {
       return Ignore{a.payload_type(), a.number(1)};
     }},
    {"rate-limit", "PAYLOADTYPE TIME", "refuse the type with BLOCKED_PAYLOAD_TYPE and retryAfter",
     [](Arguments& a) -> Fault {
       return LimitRate{a.payload_type(), a.time()};
     }},
    {"maintenance", "TIME [seconds]",
     "end account sessions (2164), refuse all requests; its end is told in ms, or in seconds",
     [](Arguments& a) -> Fault {
       return Maintenance{a.time(), a.flag("seconds")};
     }},
    {"account-disconnect", "[ACCOUNT]", "end the sessions of all accounts, or of one (2164)",
     [](Arguments& a) -> Fault { return AccountDisconnect{a.account()}; }},
    {"token-invalidation", "[TIME [ACCOUNT]]",
     "end them (2147, 2164) and refuse the access token for them, until a refresh or for TIME",
     [](Arguments& a) -> Fault {
       return TokenInvalidation{a.time(Milliseconds(0)), a.account()};
     }},
    {"spoil-bars", "[COUNT]", "send the next live bars that begin 1 % too high",
     [](Arguments& a) -> Fault { return SpoilBars{a.number(1)}; }},
    {"clear", "", "end all that still goes on", [](Arguments&) -> Fault { return Clear{}; }},
}};

std::string usage_of(const Form& form) {
  return std::string(form.name) + (form.arguments.empty() ? "" : " ") + std::string(form.arguments);
}

std::string unknown(const std::string& name) {
  std::vector<std::string> names;
  names.reserve(forms.size());
  for (const Form& form : forms) names.emplace_back(form.name);
  std::string text = "no fault is called \"" + name + "\"";
  if (const auto near = config::nearest(name, names)) return text + "; did you mean " + *near + "?";
  text += "; known are";
  for (const auto& known : names) text += (known == names.front() ? " " : ", ") + known;
  return text;
}

}  // namespace

tl::expected<Fault, std::string> parse_fault(std::string_view line) {
  auto words = words_of(line);
  if (words.empty())
    return tl::unexpected(std::string("no fault is named; `depthwire-sim ctl --help`"));
  const auto name = std::move(words.front());
  words.pop_front();
  const auto* form = std::ranges::find(forms, name, &Form::name);
  if (form == forms.end()) return tl::unexpected(unknown(name));
  Arguments arguments(std::move(words));
  auto fault = form->read(arguments);
  if (const auto problem = arguments.problem()) {
    return tl::unexpected(name + ": " + *problem + "; write: " + usage_of(*form));
  }
  return fault;
}

std::string faults_help() {
  constexpr std::size_t column = 32;
  std::string text;
  for (const Form& form : forms) {
    auto usage = usage_of(form);
    usage.resize(std::max(column, usage.size() + 2), ' ');
    text += "  " + usage + std::string(form.help) + "\n";
  }
  return text;
}

tl::expected<std::vector<TimedFault>, std::string> parse_script(std::string_view text) {
  std::vector<TimedFault> script;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    auto words = words_of(line);
    if (words.empty()) continue;
    const auto where = "line " + std::to_string(number) + ": ";
    double seconds = -1;
    const auto& first = words.front();
    const auto* first_end = first.data() + first.size();
    const auto [rest, error] = std::from_chars(first.data(), first_end, seconds);
    if (error != std::errc() || rest != first_end || !(seconds >= 0) || seconds > 1e8) {
      return tl::unexpected(where + "expected seconds since the start, then a fault, got \"" +
                            first + "\"");
    }
    const auto fault_text = line.substr(line.find(first) + first.size());
    auto fault = parse_fault(fault_text);
    if (!fault) return tl::unexpected(where + fault.error());
    const auto begin = std::min(fault_text.find_first_not_of(" \t"), fault_text.size());
    script.push_back({Milliseconds(std::llround(seconds * 1000)),
                      std::string(fault_text.substr(begin)), *std::move(fault)});
  }
  std::ranges::stable_sort(script, {}, &TimedFault::at);
  return script;
}

}  // namespace depthwire::simulator
