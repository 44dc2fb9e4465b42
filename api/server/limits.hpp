// Every bound of the HTTP server that is not an option, with what happens above it.
#pragma once

#include <chrono>
#include <cstddef>

namespace outlay::api::limits {

// Head of a request. Above: 414, 431, 431 and 400.
inline constexpr std::size_t request_line_bytes_max = 8 * 1024;
inline constexpr std::size_t header_bytes_max = 32 * 1024;
inline constexpr std::size_t header_fields_max = 100;
inline constexpr std::size_t empty_lines_max = 8;  // tolerated before a request line

// Chunk framing, summed over one body. Above: the body is malformed.
inline constexpr std::size_t chunk_extension_bytes_max = 16 * 1024;
inline constexpr std::size_t trailer_fields_max = 100;
// Bytes of one chunk line or trailer section that may wait for their end. Above: malformed.
inline constexpr std::size_t unframed_bytes_max = 32 * 1024;

// What one read from the socket takes in; a buffer that grew beyond `idle` is given back.
inline constexpr std::size_t head_read_bytes = 8 * 1024;
inline constexpr std::size_t body_read_bytes = 64 * 1024;
inline constexpr std::size_t idle_buffer_bytes_max = 64 * 1024;

// Replies to pipelined requests that are held back before the session waits for the socket.
inline constexpr std::size_t held_back_replies_max = 32;
inline constexpr std::size_t held_back_bytes_max = 64 * 1024;

// Unsent bytes of a streamed answer before its producer waits. It is large because some clients
// send all of a streamed body before they read the first byte of the answer; both sides would wait
// for ever with a small one.
inline constexpr std::size_t unsent_bytes_max = 16 * 1024 * 1024;
// Pieces that a producer may write in a row before other connections get their turn.
inline constexpr std::size_t pieces_in_a_row_max = 64;

// What is left of a request body that nobody wanted. Above: the connection closes instead.
inline constexpr std::size_t drain_bytes_max = 64 * 1024;

// After the last answer on a connection whose input was not read to its end, so that the peer gets
// to read the answer before a reset throws it away. Above: reset.
inline constexpr std::size_t linger_bytes_max = 4 * 1024 * 1024;
inline constexpr std::chrono::milliseconds linger_time{3'000};

// A peer must move this many bytes per second on average, or it uses up
// ServerOptions::stall_timeout.
inline constexpr std::size_t bytes_per_second_min = 1024;

// How often deadlines are looked at; they are late by at most this much.
inline constexpr std::chrono::milliseconds tick{250};
// A draining server closes idle connections only after this, because a request may already be on
// its way.
inline constexpr std::chrono::milliseconds drain_grace{500};
// After ServerOptions::drain_timeout the sockets are cut and handlers get this long to notice.
inline constexpr std::chrono::milliseconds cut_grace{2'000};
// Pause of the acceptor when the process is out of descriptors or memory.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace outlay::api::limits
