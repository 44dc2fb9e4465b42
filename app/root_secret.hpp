// The root secret of an installation: where it is, and who may make it. Blocks; any thread.
#pragma once

#include "app/place.hpp"
#include "platform/secret_file.hpp"

namespace outlay::app {

// Kafka and PostgreSQL: a file that all nodes share. `outlay migrate` makes the secret; a node that
// serves only reads it, so that one which was told a wrong path does not go on under a secret of
// its own.
using LoadSecret =
    domain::Result<platform::Secret, platform::SecretFileError> (*)(const std::string& path);
Outcome<platform::Secret> shared_root_secret(const Settings& settings, LoadSecret load);

// Of either form, for tools: it has to be there.
Outcome<platform::Secret> existing_root_secret(const Settings& settings);

}  // namespace outlay::app
