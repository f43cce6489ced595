// One page, no script, no link to anything: it can be mailed and printed. Colours follow the reader's light or dark scheme.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/account_view.h"
#include "report/figure_text.h"

namespace olivine {
namespace {

constexpr std::string_view kStyle =
    ":root{--ink:#1c2321;--soft:#5d6a66;--line:#d9dfdc;--paper:#fff;--card:#f4f7f5;--a:#3b7d5c;--b:#c98a2b;--c:#7a8ea8}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8edea;--soft:#9fb0a9;--line:#33403b;--paper:#141917;--card:#"
    "1c2421;--a:#63b68c;--b:#dda54f;--c:#93a8c4}}"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:64rem;padding:2rem 1.25rem;font:15px/1.5 "
    "system-ui,sans-serif;color:var(--ink);background:var(--paper)}"
    "h1{margin:0 0 .25rem;font-size:1.7rem}h2{margin:2.2rem 0 .6rem;font-size:1.1rem}p{margin:.2rem 0 "
    ".8rem}.soft{color:var(--soft)}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem;margin:1.4rem 0}"
    ".card{background:var(--card);border-radius:.5rem;padding:.8rem 1rem}.card "
    "b{display:block;font-size:1.45rem;line-height:1.2}.card .soft{font-size:.85rem}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:"
    ".35rem .7rem .35rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}"
    "th{font-weight:600;color:var(--soft);font-size:.85rem}.n{text-align:right;white-space:nowrap}"
    "svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg "
    ".soft{fill:var(--soft)}"
    ".a{fill:var(--a)}.b{fill:var(--b)}.c{fill:var(--c)}.axis{stroke:var(--line)}ul{padding-left:1.2rem;margin:.2rem "
    "0}li{margin:.15rem 0}"
    ".key{display:inline-block;width:.75rem;height:.75rem;border-radius:.15rem;margin:0 .35rem 0 "
    ".9rem;vertical-align:-1px}@media print{body{padding:0}}";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

class AccountPage {
 public:
  explicit AccountPage(const Account& account) : a_(account) {}

  std::string page() {
    const std::string title = escaped(a_.name.empty() ? a_.file : a_.name);
    out_ = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">"
        "<title>{}</title><style>{}</style></head><body>\n<h1>{}</h1>\n",
        title, kStyle, title);
    for (const std::string& each : {a_.description, a_.functional})
      if (!each.empty()) out_ += fmt::format("<p class=\"soft\">{}</p>\n", escaped(each));
    cards();
    bars("phase", a_.phases);
    groups("Phases", "phase", a_.phases);
    if (a_.models.size() > 1) groups("Models", "model", a_.models);
    if (a_.projects.size() > 1) groups("Projects", "project", a_.projects);
    activities();
    methods();
    figures();
    tornado();
    budget();
    list("Not counted", a_.not_counted);
    std::vector<std::string> quality;
    for (const QualityNote& q : a_.quality) quality.push_back(fmt::format("{}: {}; {}", q.what, q.why, q.fix));
    list("Stand-ins", quality);
    list("Notes", a_.notes);
    out_ +=
        fmt::format("<p class=\"soft\">Olivine {} from {}. Ranges are 95 %{}.</p>\n</body></html>\n", OLIVINE_VERSION,
                    escaped(a_.file),
                    a_.samples > 0 ? fmt::format(", by Monte Carlo of {} draws, seed {}", a_.samples, a_.seed) : "");
    return std::move(out_);
  }

 private:
  std::string amount(const AccountFigure* f) const { return f == nullptr ? "–" : escaped(amount_text(*f)); }
  std::string with_range(const AccountFigure& f) const {
    const std::string range = amount_range_text(f);
    return range.empty() ? amount(&f) : fmt::format("{} <span class=\"soft\">({})</span>", amount(&f), escaped(range));
  }

  void cards() {
    out_ += "<div class=\"cards\">\n";
    for (const auto& [term, name] : {std::pair{"carbon", "Carbon, CO2e"}, std::pair{"operational", "of it use"},
                                     std::pair{"embodied", "of it embodied"}, std::pair{"energy", "Energy"},
                                     std::pair{"water", "Water"}, std::pair{"cost", "Cost"}}) {
      const AccountFigure* f = account_figure(a_, "total", term);
      if (f == nullptr) continue;
      const std::string range = amount_range_text(*f);
      out_ += fmt::format("<div class=\"card\">{}<b>{}</b><span class=\"soft\">{}</span></div>\n", name, amount(f),
                          !f->value       ? escaped(f->reason)
                          : range.empty() ? escaped(in_words(name_of(f->basis)))
                                          : escaped(range));
    }
    out_ += "</div>\n";
  }

  // Use and embodied of each phase, stacked.
  void bars(std::string_view prefix, const std::vector<std::string>& ids) {
    double most = 0.0;
    const auto value = [&](const std::string& id, std::string_view term) {
      const AccountFigure* f = account_figure(a_, fmt::format("{}.{}", prefix, id), term);
      return f != nullptr ? std::max(f->value.value_or(0.0), 0.0) : 0.0;
    };
    for (const std::string& id : ids) most = std::max(most, value(id, "operational") + value(id, "embodied"));
    if (most <= 0.0) return;
    constexpr double kLeft = 130.0, kWide = 520.0, kRow = 28.0;
    out_ += fmt::format(
        "<h2>Carbon by phase <span class=\"soft\"><span class=\"key\" style=\"background:var(--a)\"></span>use<span "
        "class=\"key\" style=\"background:var(--b)\"></span>embodied</span></h2>\n"
        "<svg viewBox=\"0 0 800 {:.0f}\" role=\"img\" aria-label=\"Carbon by phase\">",
        kRow * static_cast<double>(ids.size()));
    double y = 0.0;
    for (const std::string& id : ids) {
      const double use = value(id, "operational") / most * kWide, made = value(id, "embodied") / most * kWide;
      const AccountFigure* carbon = account_figure(a_, fmt::format("{}.{}", prefix, id), "carbon");
      out_ += fmt::format(
          "<text x=\"0\" y=\"{0:.1f}\">{1}</text><rect class=\"a\" x=\"{2}\" y=\"{3:.1f}\" width=\"{4:.1f}\" "
          "height=\"18\"/>"
          "<rect class=\"b\" x=\"{5:.1f}\" y=\"{3:.1f}\" width=\"{6:.1f}\" height=\"18\"/><text class=\"soft\" "
          "x=\"{7:.1f}\" y=\"{0:.1f}\">{8}</text>",
          y + 18.0, escaped(id), kLeft, y + 4.0, use, kLeft + use, made, kLeft + use + made + 8.0, amount(carbon));
      y += kRow;
    }
    out_ += "</svg>\n";
  }

  void groups(std::string_view title, std::string_view prefix, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    out_ += fmt::format(
        "<h2>{}</h2>\n<div class=\"scroll\"><table><tr><th></th><th class=\"n\">energy</th><th class=\"n\">use</th><th "
        "class=\"n\">embodied</th><th class=\"n\">carbon, 95 %</th><th class=\"n\">water</th><th "
        "class=\"n\">cost</th></tr>\n",
        title);
    for (const std::string& id : ids) {
      const std::string full = fmt::format("{}.{}", prefix, id);
      const AccountFigure* carbon = account_figure(a_, full, "carbon");
      out_ += fmt::format("<tr><td>{}</td>", escaped(id));
      for (const char* term : {"energy", "operational", "embodied"})
        out_ += fmt::format("<td class=\"n\">{}</td>", amount(account_figure(a_, full, term)));
      out_ += fmt::format("<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                          carbon == nullptr ? "–" : with_range(*carbon), amount(account_figure(a_, full, "water")),
                          amount(account_figure(a_, full, "cost")));
    }
    out_ += "</table></div>\n";
  }

  void activities() {
    if (a_.activities.empty()) return;
    out_ +=
        "<h2>Activities</h2>\n<div class=\"scroll\"><table><tr><th>activity</th><th>phase</th><th "
        "class=\"n\">energy</th><th class=\"n\">carbon, 95 %</th><th>when</th><th>intensity from</th></tr>\n";
    constexpr std::size_t kMost = 500;
    for (std::size_t i = 0; i < a_.activities.size() && i < kMost; ++i) {
      const AccountActivity& each = a_.activities[i];
      const AccountFigure* carbon = account_figure(a_, "activity." + each.id, "carbon");
      out_ += fmt::format(
          "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td>{}<br><span "
          "class=\"soft\">{}</span></td></tr>\n",
          escaped(each.id), escaped(each.phase), amount(account_figure(a_, "activity." + each.id, "energy")),
          carbon == nullptr ? "–" : with_range(*carbon), escaped(each.span), escaped(intensity_line(each)),
          escaped(each.intensity_source));
    }
    out_ += "</table></div>\n";
    if (a_.activities.size() > kMost)
      out_ += fmt::format("<p class=\"soft\">and {} more; olivine account --json has all of them</p>\n",
                          a_.activities.size() - kMost);
  }

  void row(std::string_view name, const AccountFigure* f, std::string_view remark) {
    if (f == nullptr) return;
    rows_ += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"soft\">{}</td></tr>\n", escaped(name),
                         with_range(*f), escaped(remark));
  }
  void table(std::string_view title) {
    if (!rows_.empty())
      out_ += fmt::format("<h2>{}</h2>\n<div class=\"scroll\"><table>\n{}</table></div>\n", title, rows_);
    rows_.clear();
  }
  void methods() {
    const auto add = [&](std::string_view name, const char* term, std::string_view remark) {
      row(name, account_figure(a_, "total", term), remark);
    };
    add("location-based average", "operational", "energy x intensity at the hour of use");
    add("market-based", "market", "contracts, the rest at the residual mix");
    add("marginal", "marginal", "for differences only, in no total");
    add("scope 1", "scope_1", "");
    add("scope 2", "scope_2", "");
    add("scopes 2 and 3, electricity", "scope_2_and_3", "lifecycle factors: not split");
    add("scope 3", "scope_3", "");
    add("of it upstream", "upstream", "");
    add("of it losses of the grid", "losses", "");
    add("water on site", "water_site", "consumption");
    add("water at power stations", "water_grid", "consumption");
    table("The same, by method");
  }
  void figures() {
    for (const std::string& unit : a_.units)
      for (const char* term : {"carbon", "energy", "water", "cost"})
        if (const AccountFigure* f = account_figure(a_, "unit." + unit, term)) row(f->label, f, "");
    for (const std::string& id : a_.own_figures)
      if (const AccountFigure* f = a_.find("figure." + id)) row(f->label, f, "");
    table("Figures");
  }

  void tornado() {
    const AccountFigure* f = a_.find(a_.governed);
    if (f == nullptr || !f->value || a_.tornado.empty()) return;
    double least = *f->value, most = *f->value;
    for (const AccountBar& bar : a_.tornado) {
      least = std::min({least, bar.at_lower, bar.at_upper});
      most = std::max({most, bar.at_lower, bar.at_upper});
    }
    if (most <= least) return;
    constexpr double kLeft = 300.0, kWide = 380.0, kRow = 26.0;
    const auto x = [&](double v) { return kLeft + (v - least) / (most - least) * kWide; };
    const ScaledUnit unit = scaled_unit(*f);
    const double height = kRow * static_cast<double>(a_.tornado.size());
    out_ += fmt::format(
        "<h2>What moves {} most <span class=\"soft\">each input at its bounds, the others at their means; in "
        "{}</span></h2>\n<svg viewBox=\"0 0 800 {:.0f}\" role=\"img\" aria-label=\"Tornado\">"
        "<line class=\"axis\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"0\" y2=\"{:.0f}\"/>",
        escaped(f->label), escaped(unit.text), height, x(*f->value), x(*f->value), height);
    double y = 0.0;
    for (const AccountBar& bar : a_.tornado) {
      const double low = std::min(bar.at_lower, bar.at_upper), high = std::max(bar.at_lower, bar.at_upper);
      std::string name = bar.input;
      if (name.size() > 36) name = name.substr(0, 34) + "..";
      out_ += fmt::format(
          "<text x=\"0\" y=\"{0:.1f}\">{1}</text><rect class=\"c\" x=\"{2:.1f}\" y=\"{3:.1f}\" width=\"{4:.1f}\" "
          "height=\"16\"/><text class=\"soft\" x=\"{5:.1f}\" y=\"{0:.1f}\" text-anchor=\"end\">{6}</text><text "
          "class=\"soft\" x=\"{7:.1f}\" y=\"{0:.1f}\">{8}</text>",
          y + 17.0, escaped(name), x(low), y + 4.0, std::max(x(high) - x(low), 1.0), x(low) - 5.0,
          escaped(number_in(*f, low, unit)), x(high) + 5.0, escaped(number_in(*f, high, unit)));
      y += kRow;
    }
    out_ += "</svg>\n";
  }

  void budget() {
    if (a_.budget.empty()) return;
    out_ +=
        "<h2>Uncertainty budget</h2>\n<div class=\"scroll\"><table><tr><th>input</th><th class=\"n\">mean</th><th "
        "class=\"n\">95 %</th><th>distribution</th><th>basis</th><th class=\"n\">of "
        "variance</th><th>source</th></tr>\n";
    for (std::size_t i = 0; i < a_.budget.size() && i < 40; ++i) {
      const AccountInput& in = a_.budget[i];
      out_ += fmt::format(
          "<tr><td>{}</td><td class=\"n\">{} {}</td><td class=\"n\">{} .. {}</td><td>{}</td><td>{}</td><td "
          "class=\"n\">{}</td><td class=\"soft\">{}</td></tr>\n",
          escaped(in.name), significant(in.mean, 4), escaped(in.unit), significant(in.lower, 3),
          significant(in.upper, 3), in.distribution, in_words(name_of(in.basis)),
          escaped(percent_text(in.variance_share)), escaped(in.source));
    }
    out_ += "</table></div>\n";
  }

  void list(std::string_view title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    out_ += fmt::format("<h2>{}</h2>\n<ul>\n", title);
    for (const std::string& item : items) out_ += fmt::format("<li>{}</li>\n", escaped(item));
    out_ += "</ul>\n";
  }

  const Account& a_;
  std::string out_, rows_;
};

}  // namespace

std::string render_account_html(const Account& account) { return AccountPage(account).page(); }

}  // namespace olivine
