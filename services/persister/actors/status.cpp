#include "services/persister/actors/status.hpp"

namespace depthwire::persister {

Status::Status(metrics::Registry& registry, service::Health* health)
    : transactions(registry.counter("persister_transactions_total", "Transactions committed")),
      records(registry.counter("persister_records_total", "Records stored or passed over")),
      dead_letters(registry.counter("persister_dead_letters_total",
                                    "Records that could not be stored as rows")),
      losses(registry.counter("persister_losses_total",
                              "Times that a journal no longer held what was to be stored")),
      database_errors(registry.counter("persister_database_errors_total",
                                       "Times that the database could not be used")),
      partitions_dropped(registry.counter("persister_partitions_dropped_total",
                                          "Partitions dropped at the end of their retention")),
      registry_(registry),
      health_(health),
      transaction_seconds_(registry.histogram("persister_transaction_seconds",
                                              "From the first row sent to the commit",
                                              metrics::buckets(0.001, 10))) {
  for (const TableInfo& table : tables()) {
    rows_.at(static_cast<std::size_t>(table.table)) = &registry.counter(
        "persister_rows_total", "Rows stored", {{"table", std::string(table.name)}});
  }
  tell("database", problem_);
}

void Status::set_problem(std::string problem) {
  const std::lock_guard lock(mutex_);
  tell("database", problem);
  problem_ = std::move(problem);
}

void Status::set_source_problem(const std::string& source, std::string problem) {
  const std::lock_guard lock(mutex_);
  tell(source, problem);
  source_problems_[source] = std::move(problem);
}

void Status::set_lag(const std::string& source, std::uint64_t waiting) {
  const std::lock_guard lock(mutex_);
  lags_[source] = waiting;
  if (health_ == nullptr) return;
  std::uint64_t all = 0;
  for (const auto& [name, one] : lags_) all += one;
  health_->info("lag", std::to_string(all));
}

void Status::stored(const Rows& rows, std::chrono::steady_clock::duration took) {
  for (const TableInfo& table : tables()) {
    rows_.at(static_cast<std::size_t>(table.table))->add(rows.rows(table.table));
  }
  records.add(rows.records());
  dead_letters.add(rows.dead_letters());
  transactions.add();
  if (health_ != nullptr) health_->info("events", std::to_string(records.value()));
  transaction_seconds_.observe(std::chrono::duration<double>(took).count());
}

void Status::tell(const std::string& code, const std::string& problem) {
  if (health_ == nullptr) return;
  if (problem.empty()) {
    health_->clear(code);
  } else {
    health_->set(code, problem);
  }
}

std::vector<std::string> Status::problems() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  if (!problem_.empty()) out.push_back(problem_);
  for (const auto& [source, problem] : source_problems_) {
    if (!problem.empty()) out.emplace_back(source).append(": ").append(problem);
  }
  return out;
}

}  // namespace depthwire::persister
