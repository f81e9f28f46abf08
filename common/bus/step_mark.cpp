#include "common/bus/step_mark.hpp"

#include "common/journal/crc32c.hpp"
#include "common/journal/file.hpp"

#include <fcntl.h>

#include <atomic>
#include <cerrno>
#include <sys/mman.h>
#include <system_error>

namespace depthwire::bus {

struct StepMark::Fields {
  std::uint64_t build;  // checksum of its name
  std::uint64_t epoch;
  std::uint64_t offset;
  std::uint64_t inside;  // 1: this input is being stepped
  std::uint64_t crash_epoch;
  std::uint64_t crash_offset;
  std::uint64_t crashes;
};

namespace {

// Whoever reads after a crash sees the stores of one thread in their order; the compiler has to be
// told to keep it.
void store(std::uint64_t& into, std::uint64_t value) {
  std::atomic_ref<std::uint64_t>(into).store(value, std::memory_order_release);
}

}  // namespace

StepMark::StepMark(const std::filesystem::path& path, std::string_view build) {
  const journal::File file(path, O_RDWR | O_CREAT);
  // Written, not only lengthened: a store to a page that a full disk cannot back is a SIGBUS.
  if (file.size() != sizeof(Fields)) {
    file.truncate(0);
    file.write_at(std::string(sizeof(Fields), '\0'), 0);
  }
  void* mapped =
      ::mmap(nullptr, sizeof(Fields), PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), 0);
  if (mapped == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "map " + path.string());
  }
  fields_ = static_cast<Fields*>(mapped);
  const std::uint64_t this_build = journal::crc32c(build);
  if (fields_->build != this_build) {
    *fields_ = {};
    fields_->build = this_build;
  }
  if (fields_->inside == 0) return;
  const bool again =
      fields_->crash_epoch == fields_->epoch && fields_->crash_offset == fields_->offset;
  fields_->crashes = again ? fields_->crashes + 1 : 1;
  fields_->crash_epoch = fields_->epoch;
  fields_->crash_offset = fields_->offset;
  store(fields_->inside, 0);  // a life that ends before its first step is not counted again
}

StepMark::~StepMark() { ::munmap(fields_, sizeof(Fields)); }

void StepMark::begin(journal::Position input) {
  store(fields_->epoch, input.epoch);
  store(fields_->offset, input.offset);
  store(fields_->inside, 1);
}

void StepMark::end() { store(fields_->inside, 0); }

journal::Position StepMark::crashed_at() const {
  return {fields_->crash_epoch, fields_->crash_offset};
}
std::uint64_t StepMark::crashes() const { return fields_->crashes; }

}  // namespace depthwire::bus
