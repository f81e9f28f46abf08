#include "simulator/server/control.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <sys/un.h>
#include <system_error>
#include <utility>

namespace depthwire::simulator {

namespace asio = boost::asio;
using LocalEndpoint = asio::local::stream_protocol::endpoint;

namespace {

constexpr std::size_t longest_line = 4096;

LocalEndpoint endpoint_of(const std::filesystem::path& path) {
  const auto text = path.string();
  if (text.size() >= sizeof(sockaddr_un::sun_path)) {
    throw std::system_error(std::make_error_code(std::errc::filename_too_long),
                            text + " cannot be a socket");
  }
  return LocalEndpoint(text);
}

}  // namespace

Control::Control(asio::io_context& io, std::filesystem::path path, Answer answer)
    : path_(std::move(path)), answer_(std::move(answer)), acceptor_(io), peer_(io) {
  const auto endpoint = endpoint_of(path_);
  boost::system::error_code error;
  peer_.connect(endpoint, error);
  if (!error) {
    throw std::system_error(std::make_error_code(std::errc::address_in_use),
                            "another simulator takes commands at " + path_.string());
  }
  peer_.close(error);
  if (std::filesystem::is_socket(path_)) std::filesystem::remove(path_);
  acceptor_.open(endpoint.protocol());
  acceptor_.bind(endpoint);
  // Before it listens, nobody gets in by whatever mode it was made with.
  std::filesystem::permissions(
      path_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  acceptor_.listen();
  open_ = true;
  accept();
}

Control::~Control() { close(); }

void Control::close() {
  if (!open_) return;
  open_ = false;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  peer_.close(ignored);
  std::error_code gone;
  std::filesystem::remove(path_, gone);
}

void Control::accept() {
  line_.clear();
  acceptor_.async_accept(peer_, [this](const boost::system::error_code& error) {
    if (open_ && !error) serve();
  });
}

void Control::serve() {
  asio::async_read_until(peer_, asio::dynamic_buffer(line_, longest_line), '\n',
                         [this](const boost::system::error_code& error, std::size_t size) {
                           if (!open_) return;
                           if (!error) return answer(size);
                           boost::system::error_code ignored;
                           peer_.close(ignored);
                           accept();
                         });
}

void Control::answer(std::size_t size) {
  reply_ = answer_(std::string_view(line_).substr(0, size - 1)) + "\n";
  asio::async_write(peer_, asio::buffer(reply_),
                    [this](const boost::system::error_code&, std::size_t) {
                      if (!open_) return;
                      boost::system::error_code ignored;
                      peer_.close(ignored);
                      accept();
                    });
}

std::string send_command(const std::filesystem::path& path, std::string_view line) {
  asio::io_context io;
  asio::local::stream_protocol::socket socket(io);
  boost::system::error_code error;
  socket.connect(endpoint_of(path), error);
  const auto check = [&] {
    if (error) {
      throw std::system_error(error.value(), std::generic_category(),
                              "no simulator takes commands at " + path.string());
    }
  };
  check();
  asio::write(socket, asio::buffer(std::string(line) + "\n"), error);
  check();
  std::string reply;
  asio::read(socket, asio::dynamic_buffer(reply), error);
  if (error == asio::error::eof) error.clear();
  check();
  if (!reply.empty() && reply.back() == '\n') reply.pop_back();
  return reply;
}

}  // namespace depthwire::simulator
