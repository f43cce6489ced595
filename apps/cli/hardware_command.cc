// hardware show, hardware ls: the catalogue for people and programs.
#include <fmt/core.h>

#include <algorithm>

#include "account/embodied/hardware_embodied.h"
#include "apps/cli/app.h"
#include "apps/cli/hardware_options.h"
#include "apps/cli/hardware_render.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

Result<std::optional<HardwareKind>> kind_of(const Options& options) {
  if (options.of<HardwareOptions>().kind.empty()) return std::optional<HardwareKind>{};
  OLIVINE_TRY(const HardwareKind kind, hardware_kind_from(options.of<HardwareOptions>().kind));
  return std::optional(kind);
}

Status add_embodied(HardwareItem& item) {
  OLIVINE_TRY(HardwareFigure embodied, hardware_embodied(item));
  item.figures.push_back(std::move(embodied));
  return {};
}

Result<HardwareItem> item_of(const Options& options) {
  OLIVINE_TRY(const auto kind, kind_of(options));
  OLIVINE_TRY(HardwareItem item, hardware_item(options.of<HardwareOptions>().name, kind));
  OLIVINE_CHECK_STATUS(add_embodied(item));
  return item;
}

struct Listed {
  std::vector<HardwareItem> items;
  std::size_t found = 0;
};

Result<Listed> listed(const Options& options) {
  OLIVINE_TRY(const auto kind, kind_of(options));
  const std::vector<HardwareName> names = hardware_matching(options.of<HardwareOptions>().text, kind);
  if (names.empty()) {
    std::string near;
    for (const std::string& n : nearest_hardware(options.of<HardwareOptions>().text, kind, 3))
      near += (near.empty() ? "" : ", ") + n;
    return fail(ErrorKind::kNotFound, fmt::format("no {} has '{}' in its name{}{}", kind ? name_of(*kind) : "hardware",
                                                  printable(options.of<HardwareOptions>().text.substr(0, 60)),
                                                  near.empty() ? "" : "; nearest: ", near));
  }
  Listed list;
  list.found = names.size();
  const auto limit = options.of<HardwareOptions>().limit > 0
                         ? static_cast<std::size_t>(options.of<HardwareOptions>().limit)
                         : names.size();
  for (std::size_t i = 0; i < std::min(limit, names.size()); ++i) {
    OLIVINE_TRY(HardwareItem item, hardware_item(names[i]));
    OLIVINE_CHECK_STATUS(add_embodied(item));
    list.items.push_back(std::move(item));
  }
  return list;
}

}  // namespace

int hardware_show_command(App& app) {
  const auto item = item_of(app.options);
  if (!item) return report_error(item.error());
  return app.options.json ? print_json(app, hardware_show_json(*item))
                          : print(hardware_show_text(*item, app.style(false)));
}

int hardware_ls_command(App& app) {
  const auto list = listed(app.options);
  if (!list) return report_error(list.error());
  return app.options.json ? print_json(app, hardware_ls_json(list->items, list->found))
                          : print(hardware_ls_text(list->items, list->found, app.style(false)));
}

}  // namespace olivine::cli
