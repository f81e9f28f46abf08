#include "services/persister/actors/writer.hpp"

#include "services/persister/actors/session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace depthwire::persister {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_backoff{250};
constexpr milliseconds longest_backoff{5'000};
constexpr milliseconds lock_retry{500};

}  // namespace

Writer::Writer(zmq::context_t& context, WriterSettings settings, Status& status)
    : context_(context), settings_(std::move(settings)), status_(status) {}

void Writer::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (waiting_ != nullptr) waiting_->interrupt();
  stopped_.notify_all();
}

bool Writer::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool Writer::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, time, [&] { return stopping_; });
}

void Writer::run() {
  milliseconds backoff = first_backoff;
  std::string told;
  while (!stopping()) {
    const auto transactions = status_.transactions.value();
    try {
      run_session();
    } catch (const postgres::Error& error) {
      if (stopping()) return;
      if (status_.transactions.value() != transactions) {
        backoff = first_backoff;
        told.clear();
      }
      status_.set_problem("database: " + std::string(error.what()));
      status_.database_errors.add();
      // The same words again are no news.
      if (told != error.what()) spdlog::error("the database cannot be used: {}", error.what());
      told = error.what();
    }
    if (pause(backoff)) return;
    backoff = std::min(backoff * 2, longest_backoff);
  }
}

void Writer::run_session() {
  Store store(settings_.database, status_);
  struct Watched {
    Writer& writer;
    explicit Watched(Writer& of, Store& store) : writer(of) { set(&store); }
    ~Watched() { set(nullptr); }
    void set(Store* store) {
      const std::lock_guard lock(writer.mutex_);
      writer.waiting_ = store;
    }
  };
  postgres::Checkpoints checkpoints;
  {
    const Watched watched(*this, store);
    wait_for_lock(store);
    if (stopping()) return;
    store.tend_partitions(settings_.retention);
    checkpoints = store.checkpoints();
  }
  Session session(context_, settings_, store, checkpoints, status_);
  status_.set_problem("");
  spdlog::info("storing to database {} at {}", settings_.database.database,
               settings_.database.host);
  session.run([this] { return stopping(); });
}

void Writer::wait_for_lock(Store& store) {
  bool told = false;
  while (!stopping() && !store.try_lock()) {
    if (!std::exchange(told, true)) {
      const std::string text = "another persister holds the lock of database " +
                               settings_.database.database + ": waiting for it";
      status_.set_problem(text);
      spdlog::warn("{}", text);
    }
    if (pause(lock_retry)) return;
  }
}

}  // namespace depthwire::persister
