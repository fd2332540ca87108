// A table of a struct's settings. Config files, their checks, `info --config` and the checkpoints' metadata all walk
// such tables, so that a setting is named in two places only: its struct and its table.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "rules/bad_input.h"
#include "rules/named_enum.h"

namespace matchday {

/// A setting whose type is an enumeration (rules/named_enum.h). Tables read and write it by its value's name.
template <class Owner>
struct EnumMember {
  std::string_view (*name)(const Owner&);
  void (*choose)(Owner&, std::string_view name);  ///< of a value that there is
};

/// One setting of `Owner`.
template <class Owner>
struct Field {
  using Member =
      std::variant<std::int32_t Owner::*, std::int64_t Owner::*, float Owner::*, double Owner::*, bool Owner::*,
                   std::string Owner::*, std::vector<std::int64_t> Owner::*, EnumMember<Owner>>;

  std::string_view name;     ///< as in the struct
  Member member;             ///< where it is in the struct
  double lowest;             ///< smallest value allowed; of a list, smallest element
  double highest;            ///< largest value allowed; both bounds are whole for whole numbers
  std::string_view choices;  ///< strings and enumerations: allowed values, "a|b|c:N"; a final N stands for a number of
                             ///< one or two digits
  std::string_view unit;     ///< "u", "steps", ... or empty
  std::string_view help;     ///< one line
};

/// The table row of a number or a list of numbers.
template <class Owner, class Value>
constexpr Field<Owner> number_field(std::string_view name, Value Owner::*member, double lowest, double highest,
                                    std::string_view unit, std::string_view help) {
  return {name, member, lowest, highest, {}, unit, help};
}

/// The table row of a string that is one of `choices`.
template <class Owner>
constexpr Field<Owner> choice_field(std::string_view name, std::string Owner::*member, std::string_view choices,
                                    std::string_view help) {
  return {name, member, 0.0, 0.0, choices, {}, help};
}

/// The table row of an enumeration: enum_field<&Owner::member>(...).
template <auto member, class Owner, class Enum>
constexpr Field<Owner> enum_field_of(Enum Owner::* /*member*/, std::string_view name, std::string_view help) {
  constexpr EnumMember<Owner> by_name{
      [](const Owner& owner) { return name_of(owner.*member); },
      [](Owner& owner, std::string_view chosen) { owner.*member = value_called<Enum>(chosen).value(); }};
  return {name, by_name, 0.0, 0.0, choices_of(Enum{}), {}, help};
}
template <auto member>
constexpr auto enum_field(std::string_view name, std::string_view help) {
  return enum_field_of<member>(member, name, help);
}

/// A setting's value; an enumeration's as its name.
template <class Owner, class Value>
const Value& get(const Owner& owner, Value Owner::*member) {
  return owner.*member;
}
template <class Owner>
std::string get(const Owner& owner, const EnumMember<Owner>& member) {
  return std::string(member.name(owner));
}

/// Changes a setting to a value that it may have.
template <class Owner, class Value>
void set(Owner& owner, Value Owner::*member, const Value& value) {
  owner.*member = value;
}
template <class Owner>
void set(Owner& owner, const EnumMember<Owner>& member, const std::string& name) {
  member.choose(owner, name);
}

/// The shortest text that reads back as the same number.
template <class Number>
std::string shortest_text(Number value) {
  std::array<char, 64> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

/// A value as TOML writes it.
inline std::string value_text(bool value) { return value ? "true" : "false"; }
inline std::string value_text(std::int32_t value) { return std::to_string(value); }
inline std::string value_text(std::int64_t value) { return std::to_string(value); }

inline std::string value_text(double value) {
  const std::string text = shortest_text(value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

inline std::string value_text(float value) {
  const std::string text = shortest_text(value);
  // A TOML reader parses a double and then rounds it to float: very rarely this gives a neighbouring float.
  double read_back = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), read_back);
  if (static_cast<float>(read_back) != value) return value_text(static_cast<double>(value));
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

inline std::string value_text(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return one_line(text + '"');
}

inline std::string value_text(const std::vector<std::int64_t>& values) {
  std::string text = "[";
  for (const std::int64_t value : values) text += (text.size() > 1 ? ", " : "") + value_text(value);
  return text + "]";
}

template <class Owner>
std::string value_text(const Field<Owner>& field, const Owner& owner) {
  const auto text = [&](auto member) {
    if constexpr (std::is_convertible_v<decltype(get(owner, member)), std::string_view>)
      return value_text(std::string_view(get(owner, member)));
    else
      return value_text(get(owner, member));
  };
  return std::visit(text, field.member);
}

/// A bound without needless zeros: "1", "0.05".
inline std::string bound_text(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return value == static_cast<double>(whole) ? shortest_text(whole) : shortest_text(value);
}

/// "1 to 11 players", "shared, independent", "true, false".
template <class Owner>
std::string range_text(const Field<Owner>& field) {
  if (std::holds_alternative<bool Owner::*>(field.member)) return "true, false";
  std::string text;
  if (field.choices.empty()) {
    text = bound_text(field.lowest) + " to " + bound_text(field.highest);
    return field.unit.empty() ? text : text + " " + std::string(field.unit);
  }
  for (const char c : field.choices) text += c == '|' ? std::string(", ") : std::string(1, c);
  return text;
}

/// "a whole number from 1 to 11", "one of shared, independent".
template <class Owner>
std::string allowed_text(const Field<Owner>& field) {
  struct Kind {
    std::string operator()(std::int32_t Owner::*) const { return "a whole number from "; }
    std::string operator()(std::int64_t Owner::*) const { return "a whole number from "; }
    std::string operator()(float Owner::*) const { return "a number from "; }
    std::string operator()(double Owner::*) const { return "a number from "; }
    std::string operator()(bool Owner::*) const { return "one of "; }
    std::string operator()(std::string Owner::*) const { return "one of "; }
    std::string operator()(const EnumMember<Owner>&) const { return "one of "; }
    std::string operator()(std::vector<std::int64_t> Owner::*) const {
      return "a list [a, b, ...] of whole numbers from ";
    }
  };
  return std::visit(Kind{}, field.member) + range_text(field);
}

/// Is this number in the field's range? A float is compared with the bounds as floats: 0.1F is not below 0.1.
template <class Owner, class Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
bool allows(const Field<Owner>& field, Number value) {
  if constexpr (std::is_same_v<Number, bool>)
    return true;
  else
    return value >= static_cast<Number>(field.lowest) && value <= static_cast<Number>(field.highest);
}

template <class Owner>
bool allows(const Field<Owner>& field, const std::vector<std::int64_t>& values) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t value) { return allows(field, value); });
}

/// Does `value` match this choice? "cuda:N" matches "cuda:0" to "cuda:99".
inline bool meets_choice(std::string_view choice, std::string_view value) {
  if (choice == value && (choice.empty() || choice.back() != 'N')) return true;
  if (choice.empty() || choice.back() != 'N') return false;
  const std::string_view stem = choice.substr(0, choice.size() - 1);
  const std::string_view digits = value.substr(0, stem.size()) == stem ? value.substr(stem.size()) : std::string_view();
  return !digits.empty() && digits.size() <= 2 && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Owner>
bool allows(const Field<Owner>& field, const std::string& value) {
  std::string_view rest = field.choices;
  while (!rest.empty()) {
    const std::size_t end = rest.find('|');
    if (meets_choice(rest.substr(0, end), value)) return true;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return false;
}

/// "players is 12; it must be a whole number from 1 to 11"
template <class Owner>
std::string not_allowed(const Field<Owner>& field, const std::string& value) {
  return std::string(field.name) + " is " + value + "; it must be " + allowed_text(field);
}

/// The first field of `owner` that is outside its range, as a sentence, or nothing.
template <class Fields, class Owner>
std::optional<std::string> range_problem(const Fields& fields, const Owner& owner) {
  for (const Field<Owner>& field : fields) {
    const bool good = std::visit([&](auto member) { return allows(field, get(owner, member)); }, field.member);
    if (!good) return not_allowed(field, value_text(field, owner));
  }
  return std::nullopt;
}

/// Are two structs equal in this field?
template <class Owner>
bool same_field(const Field<Owner>& field, const Owner& a, const Owner& b) {
  return std::visit([&](auto member) { return get(a, member) == get(b, member); }, field.member);
}

/// Are two structs equal in every field of the table?
template <class Fields, class Owner>
bool same_fields(const Fields& fields, const Owner& a, const Owner& b) {
  return std::all_of(fields.begin(), fields.end(), [&](const Field<Owner>& field) { return same_field(field, a, b); });
}

}  // namespace matchday
