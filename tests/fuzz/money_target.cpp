// Money in a JSON body: what the reader takes is an integer and a currency of the table, and its
// decimal text says the same amount; what it refuses, it refuses with pointers into the body.
#include <algorithm>
#include <string>
#include <vector>

#include "api/resources/body_reader.hpp"
#include "domain/values/money.hpp"
#include "platform/json/writer.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"

namespace outlay::fuzz {

namespace {

struct Reading {
    std::optional<domain::Money> money;
    std::vector<domain::FieldError> errors;
};

Reading read(const json::Value& body) {
    Reading reading;
    api::BodyReader reader(body, "", reading.errors);
    reading.money = reader.required_money("amount");
    reader.finish();
    return reading;
}

std::string written(const domain::Money& money) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().key("amount").begin_object();
    writer.field("amount", money.minor).field("currency", std::string(money.currency.code()));
    writer.end_object().end_object();
    return body;
}

// The digits of a decimal text, without its point and leading zeros, are those of the amount.
void check_decimal_text(const domain::Money& money) {
    const std::string text = domain::decimal_text(money);
    const std::size_t space = text.find(' ');
    promise(text.substr(space + 1) == money.currency.code(), "the currency stands last");
    const auto exponent = static_cast<std::size_t>(money.currency.exponent());
    std::string digits = text.substr(0, space);
    const std::size_t point = digits.find('.');
    promise((point == std::string::npos) == (exponent == 0), "a point stands before a fraction");
    if (exponent > 0) {
        promise(digits.size() - point - 1 == exponent, "a fraction has the currency's digits");
        digits.erase(point, 1);
    }
    const bool is_negative = digits.front() == '-';
    digits.erase(0, digits.find_first_not_of("-0"));
    const std::string expected = money.minor == 0 ? "" : (is_negative ? "-" : "") + digits;
    promise(money.minor == 0 ? digits.empty() : std::to_string(money.minor) == expected,
            "a decimal text says the amount");
}

}  // namespace

void fuzz_money(std::string_view input) {
    const auto currency = domain::Currency::parse(input);
    if (currency) promise(currency->code() == input, "a currency has one spelling");
    const auto body = json::parse(input);
    if (!body.ok()) return;
    const Reading reading = read(*body);
    for (const auto& error : reading.errors) {
        promise(error.pointer.empty() || error.pointer.front() == '/', "a pointer begins with /");
    }
    if (!reading.money) {
        promise(!reading.errors.empty(), "no money without an error");
        return;
    }
    check_decimal_text(*reading.money);
    const std::string again_text = written(*reading.money);
    const auto again_body = json::parse(again_text);
    promise(again_body.ok(), "written money is JSON");
    const Reading again = read(*again_body);
    promise(again.errors.empty() && again.money == reading.money, "written money is the same");
}

}  // namespace outlay::fuzz
