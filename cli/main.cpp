// CLI11 costs fifteen seconds a file, so it stays in this one: here are the words of the command
// line, what they do is in one file per subcommand.
#include "cli/commands.hpp"
#include "common/log/setup.hpp"
#include "common/postgres/connection.hpp"
#include "common/service/build_id.hpp"
#include "common/service/exit_error.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <functional>

namespace {

using namespace depthwire;
using Action = std::function<int()>;

struct Arguments {
  cli::Common common;
  cli::UpOptions up;
  cli::StatusOptions status;
  cli::TailOptions tail;
  cli::JournalOptions journal;
  cli::JournalServeOptions serve;
  cli::JournalTrimOptions trim;
  cli::ReplayOptions replay;
  cli::SkipOptions skip;
  cli::DatabaseOptions database;
  cli::BackfillOptions backfill;
  cli::CoverageOptions coverage;
  cli::AcceptOptions accept;
  cli::KeysOptions keys;
  cli::SignalsListOptions signals_list;
  cli::AuthOptions auth;
  cli::CheckOptions check;
  cli::DoctorOptions doctor;
  Action action;
};

/// A word that only subcommands follow: those let through to the whole what they do not know.
CLI::App* group(CLI::App& app, const std::string& name, const std::string& help) {
  auto* command = app.add_subcommand(name, help);
  command->require_subcommand(1);
  command->fallthrough();
  return command;
}

CLI::App* leaf(CLI::App& parent, Arguments& arguments, const std::string& name,
               const std::string& help, Action action) {
  auto* command = parent.add_subcommand(name, help);
  command->fallthrough();
  command->footer("Also, here or before: --root DIR, --config FILE");
  command->callback([&arguments, action = std::move(action)] { arguments.action = action; });
  return command;
}

void add_pipeline(CLI::App& app, Arguments& a) {
  leaf(app, a, "up", "start the whole pipeline", [&a] { return cli::up(a.common, a.up); })
      ->add_option("--only", a.up.only, "only these processes, separated by commas")
      ->delimiter(',');
  leaf(app, a, "down", "stop it", [&a] { return cli::down(a.common); });
  auto* status = leaf(app, a, "status", "each process: state, head, lag, events/s, last error",
                      [&a] { return cli::status(a.common, a.status); });
  status->add_flag("--json", a.status.json, "one JSON object");
  status->footer(status->get_footer() +
                 "\nExit code: 0 what was started is ready, 1 something is not, 3 nothing runs");
  auto* doctor =
      leaf(app, a, "doctor", "what ails the installation, symptom by symptom, and what helps",
           [&a] { return cli::doctor(a.common, a.doctor); });
  doctor->add_flag("--json", a.doctor.json, "one JSON object");
  doctor->footer(doctor->get_footer() + "\nExit code: 0 nothing fails, 1 something does");
  auto* tail = leaf(app, a, "tail", "follow the bus", [&a] { return cli::tail(a.common, a.tail); });
  tail->add_option("--env", a.tail.environment, "sim, demo or live; default: as configured");
  tail->add_option("--kind", a.tail.kind,
                   "spot, depth, book, signal, ..., or ProtoOASpotEvent, ...");
  tail->add_option("--symbol", a.tail.symbol, "EURUSD, ...");
  tail->add_option("--count", a.tail.count, "end after so many records");
  tail->add_flag("--json", a.tail.json, "one JSON object per record");
}

void add_journal(CLI::App& app, Arguments& a) {
  auto* journal = group(app, "journal", "look into a journal's files");
  const auto add = [&](const std::string& name, const std::string& help, Action action) {
    auto* command = leaf(*journal, a, name, help, std::move(action));
    command->add_option("directory", a.journal.directory, "the journal, or a folder of journals")
        ->required();
    command->add_flag("--json", a.journal.json, "one JSON object per line");
    return command;
  };
  add("verify", "check every record; exit code 65 when one is damaged",
      [&a] { return cli::journal_verify(a.journal); });
  add("stat", "positions, sizes and topics", [&a] { return cli::journal_stat(a.journal); });
  auto* dump = add("dump", "print the records", [&a] { return cli::journal_dump(a.journal); });
  dump->add_option("--topic", a.journal.topic, "only topics that begin with this");
  dump->add_option("--kind", a.journal.kind, "spot, depth, book, ..., or ProtoOASpotEvent, ...");
  dump->add_option("--after", a.journal.after, "only offsets above this");
  dump->add_option("--count", a.journal.count, "at most so many");

  auto* serve = leaf(*journal, a, "serve", "answer for a stopped publisher, from its files",
                     [&a] { return cli::journal_serve(a.serve); });
  serve->add_option("directory", a.serve.directory, "the journal, or an archive of it")->required();
  serve->add_option("--source", a.serve.source, "default: as the directory is called");
  serve->add_option("--publish", a.serve.publish, "PUB address, for heartbeats; default: any port");
  serve->add_option("--requests", a.serve.requests, "ROUTER address; default: any port");
  serve->add_flag("--json", a.serve.json, "one JSON object");

  auto* trim = leaf(*journal, a, "trim", "remove the oldest segments of a stopped publisher",
                    [&a] { return cli::journal_trim(a.trim); });
  trim->add_option("directory", a.trim.directory, "the journal, or an archive of it")->required();
  trim->add_option("--before", a.trim.before, "EPOCH:OFFSET: segments that end before it");
  trim->add_option("--older-than", a.trim.older_than_hours,
                   "hours: segments whose newest record is older");
  trim->add_flag("--dry-run", a.trim.dry_run, "only tell what would go");
  trim->add_flag("--json", a.trim.json, "one JSON object per segment");
}

void add_replay(CLI::App& app, Arguments& a) {
  auto& options = a.replay;
  auto* replay = leaf(app, a, "replay", "run aggregator and analyzer on a recorded journal", [&a] {
    return a.replay.diff.empty() ? cli::replay(a.common, a.replay) : cli::replay_diff(a.replay);
  });
  replay->add_option("--journal", options.journal, "journal of streaming, or a folder of journals");
  replay->add_option("--out", options.out, "where the journals go; a new or empty directory");
  replay->add_option("--stage", options.stage, "aggregator, analyzer or both (the default)")
      ->check(CLI::IsMember({"aggregator", "analyzer", "both"}));
  replay->add_option("--from", options.from,
                     "first input whose outputs are kept: EPOCH:OFFSET, or a UTC time such as "
                     "2026-11-21T13:45:00");
  replay->add_option("--to", options.to, "last input, written like --from");
  replay->add_option("--speed", options.speed, "max (the default), or a factor: 1 is as recorded");
  replay->add_option("--symbols", options.symbols, "keep only the outputs of these")
      ->delimiter(',');
  replay->add_option("--set", options.set, "another parameter: analyzer.z_threshold=2.5")
      ->take_all();
  replay->add_option("--recorded", options.recorded,
                     "journals of the live stages, whose parameters and skipped records are "
                     "taken; default: beside --journal");
  replay
      ->add_option("--diff", options.diff,
                   "instead: the first difference of two journals, or of two folders of them; "
                   "exit code 1 when there is one")
      ->expected(2);
  replay->add_flag("--json", options.json, "one JSON object");
}

void add_skip(CLI::App& app, Arguments& a) {
  auto* skip = leaf(app, a, "skip", "decide that a stage is not to step an input that crashes it",
                    [&a] { return cli::skip(a.common, a.skip); });
  skip->add_option("--source", a.skip.source, "whose record: sim.streaming")->required();
  skip->add_option("--position", a.skip.position, "which: EPOCH:OFFSET")->required();
  skip->add_option("--stage", a.skip.stage, "aggregator or analyzer")
      ->required()
      ->check(CLI::IsMember({"aggregator", "analyzer"}));
  skip->add_option("--reason", a.skip.reason, "why; journaled with the record")->required();
}

void add_database(CLI::App& app, Arguments& a) {
  auto* database = group(app, "db", "the database");
  leaf(*database, a, "status", "schema version, each table with row count and newest row", [&a] {
    return cli::database_status(a.common, a.database);
  })->add_flag("--json", a.database.json, "one JSON object");
  leaf(*database, a, "migrate", "bring the schema to this program's version",
       [&a] { return cli::database_migrate(a.common); });
  auto* shell = leaf(*database, a, "shell", "psql, as the role that may only read",
                     [&a] { return cli::database_shell(a.common, a.database); });
  shell->add_option("--role", a.database.role, "reader, persister or owner")
      ->check(CLI::IsMember({"reader", "persister", "owner"}));
  shell->add_option("arguments", a.database.arguments, "more for psql, after --");
}

void add_auth(CLI::App& app, Arguments& a) {
  auto* auth = group(app, "auth", "the grant of a cTrader user: log in, look, refresh, log out");
  const auto add = [&](const std::string& name, const std::string& help,
                       int (*command)(const cli::Common&, const cli::AuthOptions&)) {
    auto* added = leaf(*auth, a, name, help, [&a, command] { return command(a.common, a.auth); });
    added->add_option("--env", a.auth.environment, "demo or live; default: as configured")
        ->check(CLI::IsMember({"sim", "demo", "live"}));
    return added;
  };
  auto* login = add("login", "grant access in a browser, and keep the grant", cli::auth_login);
  login->add_option("--account", a.auth.account_id,
                    "ctidTraderAccountId to use; default: the only one, or asks");
  login->add_flag("--no-browser", a.auth.no_browser, "print the page's address only");
  add("status", "what is granted, until when; exit code 1 when a login is needed", cli::auth_status)
      ->add_flag("--json", a.auth.json, "one JSON object");
  auto* check = leaf(app, a, "check", "walk from the login to arriving depth, without any order",
                     [&a] { return cli::check(a.common, a.check); });
  check->add_option("--env", a.check.environment, "demo or live; default: as configured")
      ->check(CLI::IsMember({"sim", "demo", "live"}));
  check->add_option("--symbol", a.check.symbol, "to watch; default: EURUSD, or the first");
  check->add_option("--minutes", a.check.minutes, "how long to watch; default: 1")
      ->check(CLI::PositiveNumber);
  check->footer(check->get_footer() + "\nExit code: 0 every step passes, 1 one fails");
  add("refresh", "replace the access token now", cli::auth_refresh);
  add("logout", "forget the grant", cli::auth_logout);
}

void add_history(CLI::App& app, Arguments& a) {
  auto* backfill = leaf(app, a, "backfill", "fetch bars or ticks of the past",
                        [&a] { return cli::backfill(a.common, a.backfill); });
  backfill->add_option("--symbols", a.backfill.symbols, "EURUSD,GBPUSD")
      ->delimiter(',')
      ->required();
  backfill->add_option("--period", a.backfill.period, "of bars: M1, M5, H1, D1, ...");
  backfill->add_flag("--ticks", a.backfill.ticks, "ticks of both sides instead of bars");
  backfill->add_option("--from", a.backfill.from, "UTC: 2026-01-31 or 2026-01-31T13:45:00")
      ->required();
  backfill->add_option("--to", a.backfill.to, "UTC; default: now");
  backfill->add_flag("--again", a.backfill.again, "also what was fetched before");
  backfill->add_option("--env", a.backfill.environment,
                       "sim, demo or live; default: as configured");
  backfill->footer(backfill->get_footer() +
                   "\nInterrupted, the same command goes on where it stood. Exit code: 0 all is "
                   "there, 69 some of it is not, 130 interrupted");
  auto* history = group(app, "history", "what is stored of the past");
  auto* coverage = leaf(*history, a, "coverage", "which days the database holds, month by month",
                        [&a] { return cli::history_coverage(a.common, a.coverage); });
  coverage->add_option("--symbol", a.coverage.symbol, "only this one");
  coverage->add_flag("--json", a.coverage.json, "one JSON object");
}

void add_rest(CLI::App& app, Arguments& a) {
  auto* keys =
      leaf(app, a, "keys", "make CURVE key pairs for the bus", [&a] { return cli::keys(a.keys); });
  keys->add_option("directory", a.keys.directory, "where <name>.secret and <name>.public go")
      ->required();
  keys->add_option("--for", a.keys.names, "only these processes, separated by commas")
      ->delimiter(',');
  auto* rotate = keys->add_flag("--rotate", a.keys.rotate,
                                "a new pair; the old public key stays allowed until --retire");
  keys->add_flag("--retire", a.keys.retire, "remove the old public keys")->excludes(rotate);
  auto* accept = leaf(app, a, "accept", "go on with a journal that is not the one its readers knew",
                      [&a] { return cli::accept(a.common, a.accept); });
  accept->add_option("source", a.accept.source, "streaming, aggregator, ...")->required();
  accept->add_option("--reason", a.accept.reason, "who decided it and why; journaled")->required();
  auto* signals = group(app, "signals", "what the analyzer says");
  auto* list = leaf(*signals, a, "list", "every signal: what it is, rests on and needs",
                    [&a] { return cli::signals_list(a.signals_list); });
  list->add_option("--provider", a.signals_list.provider, "those that this one's data can make")
      ->capture_default_str();
  list->add_flag("--json", a.signals_list.json, "one JSON object per signal");
  auto* config = group(app, "config", "the configuration");
  leaf(*config, a, "check", "check the whole file", [&a] { return cli::config_check(a.common); });
  leaf(*config, a, "reference", "print docs/configuration.md",
       [] { return cli::config_reference(); });
  leaf(app, a, "version", "version and commit", [] {
    std::printf("%s\n", std::string(service::build_id()).c_str());
    return service::exit_code::ok;
  });
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Depthwire: market data and order-flow signals from a cTrader account.",
               "depthwire");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(service::build_id()));
  app.add_option("--root", arguments.common.root, "where var/ and logs/ are; default: here");
  app.add_option("--config", arguments.common.config, "configuration file");
  add_pipeline(app, arguments);
  add_journal(app, arguments);
  add_replay(app, arguments);
  add_skip(app, arguments);
  add_database(app, arguments);
  add_auth(app, arguments);
  add_history(app, arguments);
  add_rest(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? service::exit_code::ok : service::exit_code::usage;
  }
  log::setup("depthwire", {.level = log::Level::warning});
  return arguments.action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const service::ExitError& error) {
    std::fprintf(stderr, "depthwire: %s\n", error.what());
    return error.code();
  } catch (const postgres::Error& error) {
    std::fprintf(stderr, "depthwire: %s\n", error.what());
    return service::exit_code::unavailable;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "depthwire: %s\n", error.what());
  } catch (...) {
    std::fputs("depthwire: something that is no exception was thrown\n", stderr);
  }
  return service::exit_code::software;
}
