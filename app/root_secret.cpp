// Reading the root secret, with sentences for operators.
#include "app/root_secret.hpp"

namespace outlay::app {

Outcome<platform::Secret> shared_root_secret(const Settings& settings, LoadSecret load) {
    const auto& file = settings.root_secret_file;
    if (file.empty()) {
        return domain::Fail{
            std::string("no root secret: set --root-secret-file or OUTLAY_ROOT_SECRET_FILE, the "
                        "same file on every node")};
    }
    const auto secret = load(file);
    if (secret.ok()) return *secret;
    if (!secret.error().is_missing) return domain::Fail{secret.error().detail};
    return domain::Fail{"there is no root secret in " + file +
                        ": run `outlay migrate` first, or copy the file from another node"};
}

Outcome<platform::Secret> existing_root_secret(const Settings& settings) {
    if (settings.data_dir.empty()) return shared_root_secret(settings, platform::load_secret);
    const auto secret = platform::load_secret(settings.data_dir + "/root.secret");
    if (!secret.ok()) return domain::Fail{secret.error().detail};
    return *secret;
}

}  // namespace outlay::app
