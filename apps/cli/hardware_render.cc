#include "apps/cli/hardware_render.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kIndent = 24;

std::string_view kind_word(const HardwareItem& item) {
  for (const auto& [name, text] : item.words)
    if (name == "kind") return text;
  return name_of(item.kind);
}

std::string unit_of(const HardwareFigure& f) {
  return f.unit == "1" ? "" : " " + (f.unit == "year" ? "years" : f.unit);
}

std::string value_of(const HardwareFigure& f) {
  if (!f.value) return "unknown";
  std::string text = format_number(*f.value) + unit_of(f);
  if (f.lower != f.upper) text += fmt::format("  ({} .. {})", format_number(f.lower), format_number(f.upper));
  return text;
}

std::string line(const std::string& text, const TextStyle& style) {
  return std::string(kIndent, ' ') + dim(wrapped(text, kIndent, style), style) + "\n";
}

// The source stands here only where it is another than the row's own, which ends the page.
std::string figure_text(const HardwareFigure& f, const std::string& row, const TextStyle& style) {
  std::string text = bold(padded(f.label, kIndent - 1), style) + " " + value_of(f);
  if (f.value) text += dim("  " + std::string(name_of(f.basis)), style);
  text += "\n";
  if (!f.note.empty()) text += line(f.note, style);
  if (f.value && f.source != row) text += line(f.source, style);
  return text;
}

Json figure_json(const HardwareFigure& f) {
  const bool known = f.value.has_value();
  return {{"value", known ? Json(*f.value) : Json(nullptr)},
          {"lower", known ? Json(f.lower) : Json(nullptr)},
          {"upper", known ? Json(f.upper) : Json(nullptr)},
          {"unit", f.unit},
          {"label", f.label},
          {"basis", known ? Json(name_of(f.basis)) : Json(nullptr)},
          {"source", known && !f.source.empty() ? Json(f.source) : Json(nullptr)},
          {"note", f.note.empty() ? Json(nullptr) : Json(f.note)}};
}

Json item_json(const HardwareItem& item) {
  Json words = Json::object(), figures = Json::object();
  for (const auto& [name, text] : item.words) words[name] = text;
  for (const HardwareFigure& f : item.figures) figures[f.id] = figure_json(f);
  return {{"kind", name_of(item.kind)}, {"key", item.key},
          {"name", item.name},          {"aliases", item.aliases},
          {"properties", words},        {"figures", figures},
          {"notes", item.notes},        {"licence", item.licence.empty() ? Json(nullptr) : Json(item.licence)},
          {"row", item.row.text()}};
}

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

std::string cell_of(const HardwareItem& item, std::initializer_list<std::string_view> ids) {
  for (const std::string_view id : ids)
    if (const HardwareFigure* f = item.find(id); f != nullptr && f->value)
      return format_number(*f->value) + unit_of(*f);
  return "?";
}

}  // namespace

std::string hardware_show_text(const HardwareItem& item, const TextStyle& style) {
  std::string text = fmt::format("{}  {}", bold(safe(item.name, style), style), kind_word(item));
  for (const auto& [name, word] : item.words)
    if (name != "kind") text += fmt::format(", {} {}", name, safe(word, style));
  text += "\n\n";
  for (const HardwareFigure& f : item.figures) text += figure_text(f, item.row.text(), style);
  for (const std::string& note : item.notes)
    text += bold(padded("note", kIndent - 1), style) + " " + wrapped(note, kIndent, style) + "\n";
  if (!item.aliases.empty())
    text += bold(padded("also called", kIndent - 1), style) + " " +
            wrapped(joined(item.aliases, ", "), kIndent, style) + "\n";
  text += bold(padded("source", kIndent - 1), style) + " " + wrapped(item.row.text(), kIndent, style) + "\n";
  return text;
}

std::string hardware_show_json(const HardwareItem& item) {
  Json j{{"schema", "olivine.hardware_show/1"}};
  j.update(item_json(item));
  return dumped(j);
}

std::string hardware_ls_text(const std::vector<HardwareItem>& items, std::size_t found, const TextStyle& style) {
  TextTable table(
      {{"kind", 10}, {"name", 52}, {"design or full power", 20, true}, {"memory", 12, true}, {"embodied", 14, true}});
  for (const HardwareItem& item : items)
    table.add({std::string(name_of(item.kind)),
               safe(item.kind == HardwareKind::kInstance ? item.key : item.name, style),
               cell_of(item, {"tdp_w", "full_w", "power_w_per_gb"}), cell_of(item, {"memory_gb"}),
               cell_of(item, {"embodied"})});
  std::string text = table.render(style);
  if (found > items.size())
    text += dim(fmt::format("  {} of {}; --limit 0 shows all, more words fewer", items.size(), found), style) + "\n";
  return text;
}

std::string hardware_ls_json(const std::vector<HardwareItem>& items, std::size_t found) {
  Json list = Json::array();
  for (const HardwareItem& item : items) list.push_back(item_json(item));
  return dumped({{"schema", "olivine.hardware_ls/1"}, {"found", found}, {"items", list}});
}

}  // namespace olivine::cli
