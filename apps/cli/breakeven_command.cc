// breakeven: when new hardware pays back what making it cost, in energy and in carbon.
#include <fmt/core.h>

#include "apps/cli/app.h"
#include "apps/cli/breakeven_options.h"
#include "apps/cli/breakeven_question.h"
#include "apps/cli/breakeven_render.h"

namespace olivine::cli {
namespace {

Result<int> answer(App& app) {
  OLIVINE_TRY(const AskedBreakEven asked, asked_break_even(app));
  const BreakevenOptions& o = app.options.of<BreakevenOptions>();
  OLIVINE_TRY(const BreakEvenAnswer found, break_even(asked.question, {.samples = o.samples, .seed = o.seed}));
  std::optional<PayBackMap> map;
  if (!o.map.empty() || !o.svg.empty()) {
    OLIVINE_TRY(map, pay_back_map(asked.question, o.map == "sleep" ? MapAxis::kSleep : MapAxis::kIntensity));
  }
  if (!o.svg.empty()) {
    OLIVINE_TRY(const std::string svg, heat_map_svg(heat_map_of(asked, *map)));
    OLIVINE_CHECK_STATUS(write_file(o.svg, svg));
  }
  if (app.options.json) return print_json(app, break_even_json(asked, found, map));
  OLIVINE_TRY(const std::string text, break_even_text(app, asked, found, o.map.empty() ? std::nullopt : map));
  return print(text);
}

}  // namespace

int breakeven_command(App& app) {
  const Result<int> code = answer(app);
  return code ? *code : report_error(code.error());
}

}  // namespace olivine::cli
