// libsodium must be initialised before anything else is asked of it. Any thread.
#pragma once

namespace outlay::platform {

// Cheap after the first call; CHECKs that the library works.
void require_sodium();

}  // namespace outlay::platform
