#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

// What the simulator can be told to do wrong. Each is named as people write it: parse.hpp.
namespace depthwire::simulator {

using Milliseconds = std::chrono::milliseconds;

// What goes over the open connections.
struct Drop {};  ///< closes them without a word
struct Stall {   ///< sends nothing, the connections stay
  Milliseconds time;
};
struct Split {  ///< sends every byte in a write, and a TLS record, of its own
  Milliseconds time;
};
struct Join {  ///< sends what has come together twice a second, in one write
  Milliseconds time;
};
struct Slow {
  std::uint64_t bytes_per_second = 1;
  Milliseconds time;
};
struct Garbage {};     ///< sends a frame that is no message
struct EmptyFrame {};  ///< sends a frame of length zero
struct Oversize {};    ///< announces a frame of 64 MiB, and goes on as if nothing were

// Who comes in.
struct Refuse {  ///< nobody listens at the port; open connections stay
  Milliseconds time;
};
struct WrongCertificate {  ///< newcomers are shown one of another authority
  Milliseconds time;
};
struct Restart {  ///< says goodbye to everybody, then nobody listens
  Milliseconds time;
};

// How requests are answered.
struct ErrorReply {  ///< the next `count` requests of the type
  std::string code;
  std::uint32_t payload_type = 0;
  std::size_t count = 1;
};
struct Ignore {  ///< the next `count` requests of the type get no answer
  std::uint32_t payload_type = 0;
  std::size_t count = 1;
};
struct LimitRate {  ///< the type is blocked
  std::uint32_t payload_type = 0;
  Milliseconds time;
};
struct Maintenance {  ///< ends the accounts' sessions and refuses every request
  Milliseconds time;
  bool end_in_seconds = false;  ///< tells its end in s, as older documents say, not in ms
};

// What becomes of the accounts: of all, or of one.
struct AccountDisconnect {  ///< their sessions end, the connections stay
  std::optional<std::int64_t> account_id;
};
struct TokenInvalidation {  ///< the same, and the access token is no longer good for them
  Milliseconds time;        ///< 0: until it is refreshed
  std::optional<std::int64_t> account_id;
};

// What is told of the market.
struct SpoilBars {  ///< the next `count` live bars that begin, on any connection, are 1 % too high
  std::size_t count = 1;
};

struct Clear {};  ///< ends all that still goes on

using Fault = std::variant<Drop, Stall, Split, Join, Slow, Garbage, EmptyFrame, Oversize, Refuse,
                           WrongCertificate, Restart, ErrorReply, Ignore, LimitRate, Maintenance,
                           AccountDisconnect, TokenInvalidation, SpoilBars, Clear>;

}  // namespace depthwire::simulator
