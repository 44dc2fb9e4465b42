// The settings, in the order in which people read of them.
#include "app/settings_table.hpp"

#include <array>

#include "app/setting_rules.hpp"

namespace outlay::app {

namespace {

using enum SettingGroup;

constexpr std::array table{
    Setting{.name = "config",
            .group = every,
            .field = &Settings::config_file,
            .form = "FILE",
            .what = "File with settings, a line NAME = VALUE each; a variable goes before it",
            .unset = "no file is read"},

    Setting{.name = "data",
            .group = data,
            .field = &Settings::data_dir,
            .form = "DIR",
            .what = "Folder of an embedded installation; `outlay serve` makes it",
            .unset = "`serve`: ./data; tools: Kafka and PostgreSQL"},

    Setting{.name = "listen",
            .group = serving,
            .field = &Settings::listen,
            .form = "HOST:PORT",
            .what = "Where the API is served",
            .rule = rule_address},
    Setting{.name = "io-threads",
            .group = serving,
            .field = &Settings::io_threads,
            .form = "1..64",
            .what = "Threads that serve connections",
            .rule = rule_number<1, 64>},
    Setting{.name = "stream-heartbeat",
            .group = serving,
            .field = &Settings::stream_heartbeat_s,
            .form = "1..15",
            .what = "Seconds after which a stream without news sends a comment",
            .rule = rule_number<1, 15>},
    Setting{
        .name = "tls-cert-file",
        .group = serving,
        .field = &Settings::tls_cert_file,
        .form = "FILE",
        .what = "Certificate chain (PEM) of the API, which then is https; SIGHUP reads it again",
        .unset = "plain http"},
    Setting{.name = "tls-key-file",
            .group = serving,
            .field = &Settings::tls_key_file,
            .form = "FILE",
            .what = "Key of that certificate (PEM, without a pass phrase)"},
    Setting{.name = "drain-delay",
            .group = serving,
            .field = &Settings::drain_delay_s,
            .form = "0..600",
            .what = "Seconds after SIGTERM in which requests are still taken, though /readyz says "
                    "no: longer than a load balancer needs to notice",
            .rule = rule_number<0, 600>},
    Setting{.name = "drain-deadline",
            .group = ending,
            .field = &Settings::drain_deadline_s,
            .form = "1..3600",
            .what = "Seconds that what is under way then has to end; the rest is cut, exit 1",
            .rule = rule_number<1, 3600>},
    Setting{.name = "access-log-every",
            .group = serving,
            .field = &Settings::access_log_every,
            .form = "0..1000000",
            .what = "One in so many of the requests answered with 2xx is logged; 0: none of them",
            .rule = rule_number<0, 1'000'000>},
    Setting{.name = "admin",
            .group = SettingGroup::admin,
            .field = &Settings::admin,
            .form = "HOST:PORT|off",
            .what = "Where /livez, /readyz and /metrics are served",
            .unset = "127.0.0.1, one above the main port; a worker has none",
            .rule = rule_address_or_off},

    Setting{.name = "log-level",
            .group = log,
            .field = &Settings::log_level,
            .form = "LEVEL",
            .what = "debug, info, warning or error",
            .rule = rule_log_level},
    Setting{.name = "log-text",
            .group = log,
            .field = &Settings::log_text,
            .form = "",
            .what = "Log for a terminal instead of JSON"},

    Setting{.name = "kafka-brokers",
            .group = kafka,
            .field = &Settings::kafka_brokers,
            .form = "HOST:PORT,...",
            .what = "The Kafka brokers"},
    Setting{.name = "kafka-topic",
            .group = kafka,
            .field = &Settings::kafka_topic,
            .form = "NAME",
            .what = "Topic of the journal"},
    Setting{
        .name = "kafka-tls",
        .group = kafka,
        .field = &Settings::kafka_tls,
        .form = "",
        .what = "Speak TLS with the brokers; files of authorities or of a certificate imply it"},
    Setting{.name = "kafka-ca-file",
            .group = kafka,
            .field = &Settings::kafka_ca_file,
            .form = "FILE",
            .what = "Certificate authorities of the brokers (PEM)",
            .unset = "the system's"},
    Setting{.name = "kafka-cert-file",
            .group = kafka,
            .field = &Settings::kafka_cert_file,
            .form = "FILE",
            .what = "Certificate (PEM) that is shown to the brokers"},
    Setting{.name = "kafka-key-file",
            .group = kafka,
            .field = &Settings::kafka_key_file,
            .form = "FILE",
            .what = "Key of that certificate (PEM, without a pass phrase)"},
    Setting{.name = "kafka-sasl-mechanism",
            .group = kafka,
            .field = &Settings::kafka_sasl_mechanism,
            .form = "NAME",
            .what = "How to log in: SCRAM-SHA-256, SCRAM-SHA-512 or, over TLS, PLAIN",
            .unset = "no login",
            .rule = rule_login},
    Setting{.name = "kafka-sasl-username",
            .group = kafka,
            .field = &Settings::kafka_sasl_username,
            .form = "NAME",
            .what = "Who logs in"},
    Setting{.name = "kafka-sasl-password",
            .group = kafka,
            .field = &Settings::kafka_sasl_password,
            .form = "PASSWORD",
            .what = "Password of who logs in",
            .secrecy = Secrecy::whole},
    Setting{.name = "group",
            .group = consumer,
            .field = &Settings::group,
            .form = "NAME",
            .what = "Consumer group of all workers"},
    Setting{.name = "instance",
            .group = consumer,
            .field = &Settings::instance,
            .form = "NAME",
            .what = "Name of this worker in the group; a restart under the same name keeps its "
                    "partitions",
            .unset = "none; others take its partitions over as soon as it ends"},
    Setting{.name = "postgres-url",
            .group = postgres,
            .field = &Settings::postgres_url,
            .form = "URL",
            .what = "postgresql://USER@HOST:PORT/DATABASE",
            .rule = rule_database,
            .secrecy = Secrecy::password},

    Setting{.name = "root-secret-file",
            .group = root_secret,
            .field = &Settings::root_secret_file,
            .form = "FILE",
            .what = "The root secret of Kafka and PostgreSQL, the same on every node; `outlay "
                    "migrate` makes it. An embedded installation has it in its folder",
            .alias = "root-secret"},
    Setting{.name = "channel-key",
            .group = sealing,
            .field = &Settings::channel_key,
            .form = "KEYS",
            .what = "Keys that seal addresses and secrets of channels, the same on every node: 64 "
                    "hexadecimal characters each, by comma or line; the first seals, all open",
            .unset = "derived from the root secret",
            .secrecy = Secrecy::whole},

    Setting{.name = "egress-allow",
            .group = outside,
            .field = &Settings::egress_allow,
            .form = "10.0.0.0/8,...",
            .what = "Ranges that channels may call although they are not public",
            .rule = rule_ranges},
    Setting{.name = "egress-http",
            .group = outside,
            .field = &Settings::egress_http,
            .form = "",
            .what = "Channels may call plain http"},
    Setting{.name = "egress-ca-file",
            .group = outside,
            .field = &Settings::egress_ca_file,
            .form = "FILE",
            .what = "Certificate authorities of channels and of the mail server (PEM)",
            .unset = "the system's"},
    Setting{.name = "smtp-url",
            .group = outside,
            .field = &Settings::smtp_url,
            .form = "URL",
            .what = "Server that takes mail: smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465",
            .unset = "no mail is sent",
            .rule = rule_mail_server,
            .secrecy = Secrecy::password},
    Setting{.name = "smtp-from",
            .group = outside,
            .field = &Settings::smtp_from,
            .form = "ADDRESS",
            .what = "Address that mail comes from"},
    Setting{.name = "smtp-plain",
            .group = outside,
            .field = &Settings::smtp_plain,
            .form = "",
            .what = "Send mail also without TLS"},
    Setting{.name = "public-url",
            .group = outside,
            .field = &Settings::public_url,
            .form = "URL",
            .what = "Address of the API as people reach it, for links in mails",
            .rule = rule_web_address},

    Setting{.name = "reconcile",
            .group = reconciling,
            .field = &Settings::reconcile_s,
            .form = "0..86400",
            .what = "Seconds between two workspaces whose rows are compared with their events in "
                    "the background; 0: none are",
            .rule = rule_number<0, 86'400>},
    Setting{.name = "scratch",
            .group = scratch,
            .field = &Settings::scratch_dir,
            .form = "DIR",
            .what = "Folder for rows that are made anew for a comparison, as long as it lasts",
            .unset = "the system's for temporary files"},
};

}  // namespace

std::span<const Setting> settings_table() {
    return table;
}

std::string flag_of(std::string_view name) {
    return "--" + std::string(name);
}

std::string variable_of(std::string_view name) {
    std::string variable = "OUTLAY_";
    for (const char c : name)
        variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return variable;
}

std::string file_name_of(const Setting& setting) {
    return std::string(setting.name) + "-file";
}

}  // namespace outlay::app
