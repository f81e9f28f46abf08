#include "simulator/ctl.hpp"

#include "common/config/load.hpp"
#include "common/service/command_line.hpp"
#include "common/service/exit_error.hpp"
#include "common/service/host_config.hpp"
#include "simulator/arguments.hpp"
#include "simulator/config.hpp"
#include "simulator/faults/parse.hpp"
#include "simulator/server/control.hpp"
#include "simulator/wiring.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <system_error>

namespace depthwire::simulator {
namespace {

namespace exit_code = service::exit_code;

std::string help() {
  return "Faults; a TIME is 250ms, 5s, 1m, a PAYLOADTYPE ProtoOASpotEvent, PROTO_OA_SPOT_EVENT or "
         "2131:\n" +
         faults_help() +
         "\nExamples:\n"
         "  depthwire-sim ctl stall 30s\n"
         "  depthwire-sim ctl error CH_SERVER_NOT_REACHABLE ProtoOAAccountAuthReq 3\n"
         "  depthwire-sim ctl --state DIR drop     the simulator whose `simulator.state` is DIR\n"
         "A file of lines `SECONDS FAULT` is played by `depthwire-sim --script FILE`.\n"
         "Exit code: 0 it is done, 64 that is no fault, 69 no simulator answers\n";
}

service::ParsedCommandLine parse_options(std::string_view program,
                                         const std::vector<std::string>& options) {
  std::vector<std::string> texts{std::string(program) + " ctl"};
  texts.insert(texts.end(), options.begin(), options.end());
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return service::parse_command_line(
      static_cast<int>(texts.size()), pointers.data(),
      "depthwire-sim ctl [OPTIONS] FAULT: tells a running simulator what to do wrong.", help());
}

int fail(int code, const std::string& text) {
  std::fprintf(stderr, "depthwire-sim ctl: %s\n", text.c_str());
  return code;
}

}  // namespace

CtlArguments split_ctl(const std::vector<std::string>& arguments, const config::Schema& schema) {
  CtlArguments split;
  const auto all = with_short_options(arguments, schema);
  auto argument = all.begin();
  for (; argument != all.end() && argument->starts_with("-"); ++argument) {
    split.options.push_back(*argument);
    const bool has_value = *argument == "--config" || *argument == "--set";
    if (has_value && std::next(argument) != all.end()) split.options.push_back(*++argument);
  }
  for (; argument != all.end(); ++argument) {
    split.fault += (split.fault.empty() ? "" : " ") + *argument;
  }
  return split;
}

int ctl(std::string_view program, const std::vector<std::string>& arguments) {
  Config config;
  service::HostConfig host("simulator");
  auto schema = config::describe("simulator", "", config);
  schema.merge(config::describe("simulator", "", host));
  const auto split = split_ctl(arguments, schema);
  const auto parsed = parse_options(program, split.options);
  if (!parsed.line) return parsed.exit_code;
  if (const auto fault = parse_fault(split.fault); !fault) {
    return fail(exit_code::usage, fault.error());
  }
  try {
    config::load(schema, {parsed.line->config, config::process_variables(), parsed.line->set});
    const auto answer = send_command(control_path(config), split.fault);
    if (answer.starts_with("error: ")) return fail(exit_code::usage, answer.substr(7));
    std::printf("%s\n", answer.c_str());
    return exit_code::ok;
  } catch (const service::ExitError& error) {
    return fail(error.code(), error.what());
  } catch (const std::system_error& error) {
    return fail(exit_code::unavailable, std::string(error.what()) +
                                            "; is it running, and is its `simulator.state` this "
                                            "one? Else name it: --state DIR or --config FILE");
  }
}

}  // namespace depthwire::simulator
