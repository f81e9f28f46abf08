#include "cli/cluster.hpp"

#include "cli/command.hpp"
#include "common/postgres/migrations.hpp"
#include "services/persister/sql/schema.hpp"

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <sys/stat.h>
#include <thread>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
using service::ExitError;

constexpr const char* superuser = "postgres";
constexpr std::size_t longest_socket_path = 107;

/// PostgreSQL 15 as Debian installs it, else whatever PATH has.
const fs::path debian_binaries = "/usr/lib/postgresql/15/bin";

void own(const fs::path& directory, const std::string& user, fs::perms mode) {
  fs::create_directories(directory);
  fs::permissions(directory, mode);
  if (user.empty()) return;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || ::chown(directory.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    throw ExitError(service::exit_code::config,
                    "cannot give " + directory.string() + " to the user " + user);
  }
}

}  // namespace

Cluster::Cluster(const Place& place, const postgres::DatabaseConfig& config)
    : place_(place), config_(config), user_(::geteuid() == 0 ? "postgres" : "") {}

bool Cluster::wanted() const {
  if (config_.host.find('/') == std::string::npos) return false;
  return fs::weakly_canonical(fs::absolute(config_.host)) ==
         fs::weakly_canonical(place_.postgres() / "socket");
}

std::string Cluster::binary(const std::string& name) const {
  const auto debian = debian_binaries / name;
  std::string found = fs::exists(debian) ? debian.string() : name;
  if (!have_command(found)) {
    throw ExitError(service::exit_code::config,
                    name + " of PostgreSQL 15 is missing; `scripts/deps run` installs it");
  }
  return found;
}

void Cluster::open_parents(const Progress& progress) const {
  // PostgreSQL refuses to run as root, so another user has to reach its directory.
  for (fs::path at = place_.postgres().parent_path(); at != at.root_path(); at = at.parent_path()) {
    const auto mode = fs::status(at).permissions();
    if ((mode & fs::perms::others_exec) != fs::perms::none) continue;
    fs::permissions(at, fs::perms::others_exec, fs::perm_options::add);
    progress("made " + at.string() + " passable (not readable) for the user " + user_);
  }
}

void Cluster::prepare(const Progress& progress) const {
  const auto socket = place_.postgres() / "socket";
  if ((socket / ".s.PGSQL.00000").string().size() > longest_socket_path) {
    throw ExitError(service::exit_code::config, "the path " + socket.string() +
                                                    " is too long for a socket; choose a shorter "
                                                    "--root");
  }
  const auto data = place_.postgres() / "data";
  own(place_.postgres(), user_, fs::perms::owner_all);
  own(socket, user_, fs::perms::owner_all);
  if (!user_.empty()) open_parents(progress);
  if (fs::exists(data / "PG_VERSION")) return;
  progress("makes a PostgreSQL cluster in " + data.string());
  std::vector<std::string> command{binary("initdb"),
                                   "-D",
                                   data.string(),
                                   "-U",
                                   superuser,
                                   "--auth-local=trust",
                                   "--auth-host=scram-sha-256",
                                   "-E",
                                   "UTF8",
                                   "--locale=C.UTF-8"};
  if (!user_.empty()) command.insert(command.begin(), {"runuser", "-u", user_, "--"});
  const auto made = run_command(command, "/");
  if (!made.ok()) {
    throw ExitError(service::exit_code::config, "initdb failed:\n" + made.output);
  }
}

Program Cluster::program() const {
  return {
      .name = "postgres",
      .command = {binary("postgres"), "-D", (place_.postgres() / "data").string(), "-p",
                  std::to_string(config_.port), "-c", "listen_addresses=127.0.0.1", "-c",
                  "unix_socket_directories=" + (place_.postgres() / "socket").string(), "-c",
                  "max_connections=50", "-c", "shared_buffers=64MB", "-c", "logging_collector=off"},
      .user = user_,
      .stop_signal = "INT"};
}

void Cluster::wait(const std::function<std::string()>& failure) const {
  postgres::Settings settings = config_.settings("sim", {superuser, {}}, "up");
  settings.database = "postgres";
  const auto log = (place_.log() / "postgres.log").string();
  std::string problem;
  for (int i = 0; i < 600; ++i) {
    if (const auto why = failure(); !why.empty()) {
      throw ExitError(service::exit_code::unavailable,
                      "PostgreSQL does not start: " + why + "; see " + log);
    }
    try {
      const postgres::Connection connection(settings);
      return;
    } catch (const postgres::Error& error) {
      problem = error.what();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw ExitError(service::exit_code::unavailable,
                  "PostgreSQL does not answer (" + problem + "); see " + log);
}

int migrate_database(const AllSettings& settings, bool private_cluster) {
  const auto& config = settings.persister.database;
  const std::string environment = settings.environment();
  if (private_cluster) {
    auto as_admin = config.settings(environment, {superuser, {}}, "migrate");
    as_admin.database = "postgres";
    postgres::Connection admin(as_admin);
    postgres::create_roles_and_database(admin, config.database(environment),
                                        {.owner = config.owner.password.reveal(),
                                         .persister = config.persister.password.reveal(),
                                         .reader = config.reader.password.reveal()});
  }
  postgres::Connection owner(config.settings(environment, config.owner, "migrate"));
  return postgres::migrate(owner, persister::schema());
}

}  // namespace depthwire::cli
