// The few places where libpqxx 6.4 and 7.x differ, so that nothing else asks for the version.
#pragma once

#include <pqxx/pqxx>

#include <string>
#include <vector>

namespace outlay::postgres {

// Texts that end in NUL and outlive the call; a null pointer is NULL.
using ParameterTexts = std::vector<const char*>;
// Forms that outlive the call, sent as they are.
using ParameterForms = std::vector<const std::string*>;

#if PQXX_VERSION_MAJOR >= 7

inline void forbid_reconnect(pqxx::connection&) {}  // 7.x never reconnects

inline pqxx::result run_with(pqxx::transaction_base& transaction, const std::string& name,
                             const pqxx::params& values) {
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
    return transaction.exec(pqxx::prepped{name}, values);
#else
    return transaction.exec_prepared(name, values);
#endif
}

inline pqxx::result run_prepared(pqxx::transaction_base& transaction, const std::string& name,
                                 const ParameterTexts& parameters) {
    pqxx::params values;
    for (const char* text : parameters) {
        if (text == nullptr) {
            values.append();
        } else {
            values.append(pqxx::zview(text));
        }
    }
    return run_with(transaction, name, values);
}

inline pqxx::result run_prepared(pqxx::transaction_base& transaction, const std::string& name,
                                 const ParameterForms& parameters) {
    pqxx::params values;
    for (const auto* form : parameters)
        values.append(pqxx::binary_cast(form->data(), form->size()));
    return run_with(transaction, name, values);
}

#else

// 6.4 reopens a lost connection before the next statement, which would then run outside of its
// transaction and without its role. The call is deprecated there, and the only way to forbid it.
inline void forbid_reconnect(pqxx::connection& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

inline pqxx::result run_prepared(pqxx::transaction_base& transaction, const std::string& name,
                                 const ParameterTexts& parameters) {
    return transaction.exec_prepared(name, pqxx::prepare::make_dynamic_params(parameters));
}

inline pqxx::result run_prepared(pqxx::transaction_base& transaction, const std::string& name,
                                 const ParameterForms& parameters) {
    std::vector<pqxx::binarystring> forms;
    for (const auto* form : parameters) forms.emplace_back(*form);
    return transaction.exec_prepared(name, pqxx::prepare::make_dynamic_params(forms));
}

#endif

}  // namespace outlay::postgres
