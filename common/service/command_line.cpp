#include "common/service/command_line.hpp"

#include "common/service/build_id.hpp"
#include "common/service/exit_error.hpp"

#include <CLI/CLI.hpp>

namespace depthwire::service {

ParsedCommandLine parse_command_line(int argc, char** argv, const std::string& summary,
                                     const std::string& settings_help) {
  CommandLine line;
  std::vector<std::string> set;
  CLI::App app(summary);
  app.footer("\n" + settings_help);
  app.set_version_flag("--version", std::string(build_id()));
  app.add_option("--config", line.config, "configuration file (YAML)")
      ->type_name("FILE")
      ->envname("DEPTHWIRE_CONFIG");
  app.add_option("--set", set, "set one setting, for example --set log.level=debug")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->check([](const std::string& text) {
        return text.find('=') == std::string::npos ? "expected KEY=VALUE, got " + text : "";
      });
  app.add_flag("--check", line.check, "check the configuration and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool failed = app.exit(error) != 0;
    return {std::nullopt, failed ? exit_code::usage : exit_code::ok};
  }
  if (line.config && line.config->empty()) line.config.reset();
  for (const std::string& text : set) {
    const auto equals = text.find('=');
    line.set.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return {std::move(line), exit_code::ok};
}

}  // namespace depthwire::service
