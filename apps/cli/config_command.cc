// config show: the settings in force.
#include "apps/cli/app.h"
#include "apps/cli/commands.h"

namespace olivine::cli {

int config_show_command(App& app) {
  return app.options.json ? print_json(app, render_config_json(app.config))
                          : print(render_config_text(app.config, app.options.origin));
}

}  // namespace olivine::cli
