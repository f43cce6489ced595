#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "report/figure_text.h"
#include "report/render.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

// "energy_j.total = 0.41 Wh (0.29 .. 0.58) = 1476 J" and how it is known.
std::string heading(const NamedFigure& figure, const TextStyle& style) {
  const FigureView& v = figure.view;
  std::string text = bold(safe(figure.name, style), style) + " = " + safe(value_and_range_text(v), style);
  if (v.known() && v.is_energy) text += fmt::format(" = {} J", shortest(*v.value));
  text = fitted(text, 0, style) + "\n  ";
  if (!v.known()) return text + fitted(safe(v.reason, style), 2, style) + "\n";
  std::string how = fmt::format("basis {}", v.basis.text());
  if (const auto weakest_part = v.basis.weakest_used(); v.basis.share(weakest_part) < 0.9995)
    how += fmt::format(", weakest part {} ({})", name_of(weakest_part), percent_text(v.basis.share(weakest_part)));
  how += fmt::format("; coverage {}", percent_text(v.coverage));
  if (!range_text(v).empty()) how += "; the range holds 95 %";
  return text + fitted(how, 2, style) + "\n";
}

// A line of the tree; what is wrapped goes on below its own text, beside the tree's bars.
std::string tree_line(const std::string& line, const TextStyle& style) {
  constexpr std::array<std::array<std::string_view, 2>, 7> kBars{
      {{" ", " "}, {"│", "│"}, {"├", "│"}, {"└", " "}, {"─", " "}, {"|", "|"}, {"`", " "}}};
  std::size_t at = 0;
  std::string below;
  for (bool bar = true; bar;) {
    const auto is_here = [&](const auto& pair) { return std::string_view(line).substr(at).starts_with(pair[0]); };
    const auto found = std::find_if(kBars.begin(), kBars.end(), is_here);
    bar = found != kBars.end();
    if (bar) {
      at += (*found)[0].size();
      below += (*found)[1];
    } else if (!below.empty() && std::string_view(line).substr(at).starts_with("- ")) {
      bar = true;  // of "|- " and "`- "
      ++at;
      below += " ";
    }
  }
  const std::string text = fitted(std::string_view(line).substr(at), display_width(below), style);
  std::string out = line.substr(0, at);
  bool first = true;
  for (std::string_view part : split(text, '\n')) {
    if (!first)
      out += "\n" + below + std::string(trim(part));
    else
      out += part;
    first = false;
  }
  return out;
}

// The graph's text holds names and origins from outside: cleaned line by line.
std::string safe_lines(const std::string& text, const TextStyle& style) {
  std::string clean;
  for (const std::string_view line : split(text, '\n'))
    if (!line.empty()) clean += (style.fit ? tree_line(safe(line, style), style) : safe(line, style)) + "\n";
  return clean;
}

std::string explain_one(const RunRecord& record, const NamedFigure& figure, const TextStyle& style) {
  std::string text = heading(figure, style);
  if (!record.graph.contains(figure.view.provenance)) return text + "  its origin is not recorded\n";
  return text + safe_lines(record.graph.explain(figure.view.provenance, style.ascii), style);
}

}  // namespace

std::vector<std::string> figure_names(const RunRecord& record) {
  std::vector<std::string> names;
  for (const NamedFigure& figure : all_figures(record)) names.push_back(figure.name);
  return names;
}

Result<std::string> explain_figure(const RunRecord& record, std::string_view wanted, const TextStyle& style) {
  const std::vector<NamedFigure> all = all_figures(record);
  std::string text;
  std::vector<std::string> known;
  for (const NamedFigure& figure : all) {
    known.push_back(figure.name);
    if (!figure.alias.empty()) known.push_back(figure.alias);
    const bool both = wanted.empty() && (figure.alias == "energy" || figure.alias == "carbon");
    const bool named = !wanted.empty() && (figure.name == wanted || figure.alias == wanted);
    if (both || named) text += (text.empty() ? "" : "\n") + explain_one(record, figure, style);
  }
  if (!text.empty()) return text;
  const std::string near = nearest(wanted, known);
  return fail(ErrorKind::kNotFound,
              fmt::format("no figure '{}' in this record{}; known: {}", printable(wanted),
                          near.empty() ? "" : "; did you mean '" + near + "'?", printable(joined(known, ", "))));
}

}  // namespace olivine
