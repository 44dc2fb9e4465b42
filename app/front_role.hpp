// FrontRole: the HTTP front in one process: submitters, outcomes, identity, dispatch and server,
// wired. start and stop from the owner thread.
#pragma once

#include <memory>
#include <string>

#include "app/health.hpp"
#include "app/outside.hpp"
#include "app/place.hpp"
#include "journal/pauses.hpp"
#include "platform/hash.hpp"

namespace outlay::app {

class FrontRole {
public:
    // Opens (or begins) the journal and binds the address. `outside` outlives the role.
    static Outcome<std::unique_ptr<FrontRole>> start(Place& place, const Settings& settings,
                                                     const platform::Secret& root_secret,
                                                     const Outside& outside,
                                                     const platform::Clock& clock,
                                                     const platform::Zones& zones);
    ~FrontRole();
    FrontRole(const FrontRole&) = delete;
    FrontRole& operator=(const FrontRole&) = delete;

    std::uint16_t port() const;
    void
    projected();  // something was projected in this process: whoever waits may look. Any thread.
    std::vector<Check> checks() const;
    void measure() const;  // its connections, for the metrics. Any thread.
    const journal::PauseBoard& pauses() const;  // as this process knows them
    // Whether its event loops turn; to be asked now and then, by the owner.
    bool works();
    // Reads the certificate again. What is wrong with it is logged; then the old one stays.
    void reload();
    // Graceful; false if connections had to be cut. Called once or more often.
    bool stop();

private:
    struct Parts;
    explicit FrontRole(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace outlay::app
