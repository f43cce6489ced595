// Pictures of `--plot` (in the terminal) and `--plot=FILE` (SVG).
//
// Units: g CO2e/kWh. Errors: kNotFound when there is nothing to draw, and why. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "apps/cli/app.h"
#include "apps/cli/grid_show.h"
#include "grid/intensity.h"

namespace olivine::cli {

struct Plot {
  std::string text;  // for this terminal
  std::string svg;
};
// Month x hour maps of the profiles that were shown; the SVG is that of the first.
Result<Plot> plot_of(const App& app, const GridShow& show);
// The line of a series with its range.
Result<Plot> plot_of(const App& app, const IntensitySeries& series, const std::string& title,
                     const std::string& band_name);

// Prints the picture, or writes it where --plot=FILE says; the exit code.
int show_plot(const App& app, const Result<Plot>& plot);

}  // namespace olivine::cli
