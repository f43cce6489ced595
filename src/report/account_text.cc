#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/account_view.h"
#include "report/figure_text.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

constexpr std::size_t kMostRows = 25;  // of activities; --json has them all

class AccountText {
 public:
  AccountText(const Account& account, const TextStyle& style) : a_(account), style_(style) {}

  std::string text() {
    head();
    totals();
    table("phase", "phase", a_.phases);
    if (a_.models.size() > 1) table("model", "model", a_.models);
    if (a_.projects.size() > 1) table("project", "project", a_.projects);
    activities();
    hardware();
    views();
    units_and_figures();
    what_matters();
    lists();
    return std::move(out_);
  }

 private:
  void line(std::string_view name, const std::string& text) {
    constexpr std::size_t kWide = 12;
    out_ += bold(padded(safe(name, style_), kWide), style_) + wrapped(safe(text, style_), kWide, style_) + "\n";
  }
  std::string with_range(const AccountFigure& f) const {
    const std::string range = amount_range_text(f);
    return range.empty() ? amount_text(f) : fmt::format("{}  ({})", amount_text(f), range);
  }
  std::string cell(std::string_view prefix, std::string_view term) const {
    const AccountFigure* f = account_figure(a_, prefix, term);
    if (f == nullptr) return "-";
    return f->value ? amount_text(*f) : "unknown";
  }

  void head() {
    out_ += bold(safe(a_.name.empty() ? a_.file : a_.name, style_), style_) + "\n";
    if (!a_.description.empty()) out_ += wrapped(safe(a_.description, style_), 0, style_) + "\n";
    out_ += "\n";
  }

  void totals() {
    for (const char* term : {"carbon", "operational", "embodied", "energy", "water", "cost"}) {
      const AccountFigure* f = account_figure(a_, "total", term);
      if (f == nullptr) continue;
      const bool part = std::string_view(term) == "operational" || std::string_view(term) == "embodied";
      std::string text = with_range(*f);
      if (std::string_view(term) == "carbon" && f->value) text += " CO2e";
      if (!part && f->value) text += ", " + in_words(f->shares.text());
      if (!f->value && !f->reason.empty()) text += ": " + f->reason;
      line(part ? fmt::format("  {}", std::string_view(term) == "operational" ? "use" : term) : std::string(term),
           text);
    }
    const AccountFigure* f = account_figure(a_, "total", a_.signal == "marginal" ? "marginal" : "carbon");
    if (a_.signal == "marginal" && f != nullptr)
      line("marginal", with_range(*f) + " CO2e; for differences only, no inventory");
    if (f == nullptr || !f->value || !f->lower || *f->lower == *f->upper) return;
    const ScaledUnit unit = scaled_unit(*f);
    std::string agree = fmt::format("95 %, Monte Carlo of {} draws; to first order {} .. {}", a_.samples,
                                    number_in(*f, f->first_lower.value_or(0.0), unit),
                                    number_in(*f, f->first_upper.value_or(0.0), unit));
    agree += f->orders_agree ? ", the same to the digit that counts" : ", which differs: Monte Carlo governs";
    line("range", agree);
  }

  void table(std::string_view prefix, std::string_view heading, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    const bool wide = style_.width >= 100;
    std::vector<TextTable::Column> columns{{std::string(heading), 24},
                                           {"energy", 14, true},
                                           {"use", 12, true},
                                           {"embodied", 12, true},
                                           {"carbon", 12, true}};
    if (wide) columns.insert(columns.end(), {{"water", 12, true}, {"cost", 16, true}});
    TextTable rows(columns);
    for (const std::string& id : ids) {
      const std::string full = fmt::format("{}.{}", prefix, id);
      std::vector<std::string> cells{safe(id, style_)};
      for (const char* term : {"energy", "operational", "embodied", "carbon"}) cells.push_back(cell(full, term));
      if (wide) cells.insert(cells.end(), {cell(full, "water"), cell(full, "cost")});
      rows.add(std::move(cells));
    }
    out_ += "\n" + rows.render(style_);
  }

  void activities() {
    if (a_.activities.size() < 2 && a_.phases.size() < 2 && a_.activities.empty()) return;
    std::vector<TextTable::Column> columns{
        {"activity", 22},
        {"energy", 12, true},
        {"carbon", 12, true},
        {"intensity from", static_cast<std::size_t>(std::max(style_.width - 56, 20))}};
    TextTable rows(columns);
    std::size_t shown = 0;
    for (const AccountActivity& activity : a_.activities) {
      if (shown++ >= kMostRows) continue;
      rows.add({safe(activity.id, style_), cell("activity." + activity.id, "energy"),
                cell("activity." + activity.id, "carbon"), safe(intensity_line(activity), style_)});
    }
    out_ += "\n" + rows.render(style_);
    if (a_.activities.size() > kMostRows)
      out_ += fmt::format("  and {} more activities; --json has all of them\n", a_.activities.size() - kMostRows);
  }

  void hardware() {
    TextTable rows(
        {{"hardware", 22}, {"device time", 16, true}, {"embodied", 12, true}, {"per hour of work", 18, true}});
    bool any = false;
    for (const std::string& id : a_.hardware) {
      const std::string full = "hardware." + id;
      if (account_figure(a_, full, "embodied") == nullptr && account_figure(a_, full, "embodied_rate") == nullptr)
        continue;
      any = true;
      const AccountFigure* rate = account_figure(a_, full, "embodied_rate");
      rows.add({safe(id, style_), cell(full, "device_hours"), cell(full, "embodied"),
                rate != nullptr && rate->value ? fmt::format("{} g/h", significant(*rate->value * 1000.0, 4)) : "-"});
    }
    if (any) out_ += "\n" + rows.render(style_);
    if (any && a_.booking == "purchase") out_ += "  booked whole in the year of purchase, not allocated to use\n";
  }

  // The same energy by other methods, side by side.
  void views() {
    std::string block;
    const auto add = [&](std::string_view name, const char* term, std::string_view remark) {
      const AccountFigure* f = account_figure(a_, "total", term);
      if (f == nullptr) return;
      block += fmt::format("  {} {}{}\n", padded(name, 30), with_range(*f),
                           remark.empty() ? "" : fmt::format("  {}", dim(remark, style_)));
    };
    add("location-based average", "operational", "");
    add("market-based", "market", "");
    add("marginal", "marginal", "for differences only");
    add("scope 1", "scope_1", "");
    add("scope 2", "scope_2", "");
    add("scopes 2 and 3, electricity", "scope_2_and_3", "lifecycle: not split");
    add("scope 3", "scope_3", "");
    add("of it upstream", "upstream", "");
    add("of it losses of the grid", "losses", "");
    add("water on site", "water_site", "consumption");
    add("water at power stations", "water_grid", "consumption");
    if (account_figure(a_, "waste.failed", "energy") != nullptr)
      block += fmt::format("  {} {} of energy\n", padded("failed work", 30), cell("waste.failed", "energy"));
    if (block.empty()) return;
    out_ += "\n" + bold("The same, by method", style_) + "\n" + block;
  }

  void units_and_figures() {
    std::string block;
    for (const std::string& unit : a_.units)
      for (const char* term : {"carbon", "energy", "water", "cost"})
        if (const AccountFigure* f = account_figure(a_, "unit." + unit, term))
          block += fmt::format("  {} {}\n", padded(safe(f->label, style_), 30), with_range(*f));
    for (const std::string& id : a_.own_figures)
      if (const AccountFigure* f = a_.find("figure." + id))
        block += fmt::format("  {} {}\n", padded(safe(f->label, style_), 30), with_range(*f));
    if (!block.empty()) out_ += "\n" + bold("Figures", style_) + "\n" + block;
  }

  void what_matters() {
    const AccountFigure* f = a_.find(a_.governed);
    if (a_.tornado.empty() || f == nullptr) return;
    const ScaledUnit unit = scaled_unit(*f);
    TextTable rows({{fmt::format("what moves {} most", label_of(a_.governed)),
                     static_cast<std::size_t>(std::max(style_.width - 44, 30))},
                    {"low", 10, true},
                    {"high", 10, true},
                    {"of variance", 12, true}});
    for (std::size_t i = 0; i < a_.tornado.size() && i < 6; ++i) {
      const AccountBar& bar = a_.tornado[i];
      const auto share = std::find_if(a_.budget.begin(), a_.budget.end(),
                                      [&](const AccountInput& input) { return input.name == bar.input; });
      rows.add({safe(bar.input, style_), number_in(*f, std::min(bar.at_lower, bar.at_upper), unit),
                number_in(*f, std::max(bar.at_lower, bar.at_upper), unit),
                share == a_.budget.end() ? "-" : percent_text(share->variance_share)});
    }
    out_ += "\n" + rows.render(style_);
    out_ += fmt::format("  low and high in {}\n", unit.text);
  }
  static std::string label_of(std::string_view id) { return std::string(id.substr(id.rfind('.') + 1)); }

  void lists() {
    const auto block = [&](std::string_view title, const std::vector<std::string>& items) {
      if (items.empty()) return;
      out_ += "\n" + bold(title, style_) + "\n";
      for (const std::string& item : items) out_ += "  - " + wrapped(safe(item, style_), 4, style_) + "\n";
    };
    block("Not counted", a_.not_counted);
    std::vector<std::string> quality;
    for (const QualityNote& q : a_.quality) quality.push_back(fmt::format("{}: {}; {}", q.what, q.why, q.fix));
    block("Stand-ins", quality);
    block("Notes", a_.notes);
  }

  const Account& a_;
  const TextStyle& style_;
  std::string out_;
};

}  // namespace

std::string render_account(const Account& account, const TextStyle& style) {
  return AccountText(account, style).text();
}

}  // namespace olivine
