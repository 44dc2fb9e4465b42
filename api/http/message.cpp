// Methods and header fields.
#include "api/http/message.hpp"

#include <algorithm>
#include <array>

#include "api/http/field_text.hpp"

namespace outlay::api {

namespace {

struct MethodName {
    Method method;
    std::string_view name;
};
constexpr std::array<MethodName, 8> methods{{{Method::get, "GET"},
                                             {Method::head, "HEAD"},
                                             {Method::post, "POST"},
                                             {Method::put, "PUT"},
                                             {Method::patch, "PATCH"},
                                             {Method::delete_, "DELETE"},
                                             {Method::options, "OPTIONS"},
                                             {Method::trace, "TRACE"}}};

char lower(char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

}  // namespace

std::string_view method_name(Method method) {
    for (const MethodName& known : methods) {
        if (known.method == method) return known.name;
    }
    CHECK(false, "a method outside its enumeration");
    return {};
}

std::optional<Method> method_of(std::string_view name) {
    for (const MethodName& known : methods) {
        if (known.name == name) return known.method;
    }
    return std::nullopt;
}

bool equal_names(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

const std::string* Headers::find(std::string_view name) const {
    for (const HeaderField& field : fields_) {
        if (equal_names(field.name, name)) return &field.value;
    }
    return nullptr;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields_, [name](const HeaderField& field) { return equal_names(field.name, name); }));
}

void Headers::set(std::string_view name, std::string value) {
    for (HeaderField& field : fields_) {
        if (!equal_names(field.name, name)) continue;
        field.value = std::move(value);
        return;
    }
    add(std::string(name), std::move(value));
}

std::vector<std::string_view> list_of(const Headers& headers, std::string_view name) {
    std::vector<std::string_view> members;
    for (const HeaderField& field : headers.fields()) {
        if (!equal_names(field.name, name)) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::size_t end = rest.find(',');
            const auto member = trimmed(rest.substr(0, end));
            if (!member.empty()) members.push_back(member);
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
    }
    return members;
}

}  // namespace outlay::api
