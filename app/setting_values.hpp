// Values of settings as text: into a member of Settings, out of it, and out of it for eyes that
// must not see secrets. Pure; any thread.
#pragma once

#include <string>

#include "app/settings_table.hpp"

namespace outlay::app {

// Empty text leaves a text empty, and is no number and no switch. The error goes on from the
// setting's name and never holds a secret.
domain::Status<std::string> assign(Settings& settings, const Setting& setting,
                                   const std::string& text);
std::string text_in(const Settings& settings, const Setting& setting);
// "" for an empty value; "***" in the place of a secret.
std::string masked(const Setting& setting, const std::string& text);

}  // namespace outlay::app
