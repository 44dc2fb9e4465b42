// The root secret of an installation: 32 random bytes in one file, shared by all of its nodes.
// Fingerprints, cursors, tokens and operation ids hang on it. Implemented by platform/sodium. Any
// thread, any number of processes.
#pragma once

#include <string>

#include "domain/values/result.hpp"
#include "platform/hash.hpp"

namespace outlay::platform {

struct SecretFileError {
    std::string detail;       // for the operator; holds the path, never the secret
    bool is_missing = false;  // there is no such file
};

// Reads the file (64 hexadecimal characters, mode 0600 or stricter), and never makes it. A file
// that others may read is refused.
domain::Result<Secret, SecretFileError> load_secret(const std::string& path);

// The same, but makes the file with a new secret if there is none. Whoever makes it first wins: all
// callers get the one secret.
domain::Result<Secret, SecretFileError> load_or_create_secret(const std::string& path);

}  // namespace outlay::platform
