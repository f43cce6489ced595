#include "report/doctor_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/record_fixture.h"

namespace olivine {
namespace {
using Json = nlohmann::ordered_json;

DoctorReport usual_report() {
  DoctorReport r;
  r.components = {
      {"CPU package-0", "modelled", "power model over load", "powercap intel-rapl:0 package-0: permission denied",
       "sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj"},
      {"DRAM", "modelled", "watts per GB held ready", "memory has no energy counter on this machine", ""},
      {"GPU 0 NVIDIA A100", "measured", "nvml, energy counter", "", ""},
      {"rest of node", "unavailable", "", "no meter encloses the machine", "olivine run --plane node"}};
  r.interval = milliseconds(100);
  r.interval_why = "default: nothing wraps faster";
  r.ledger_path = "/home/me/.local/state/olivine/ledger.sqlite";
  r.ledger_mode = "WAL";
  r.capabilities = {{"own cgroup", false, "a subreaper and rusage stand in", "systemd-run --user --scope"},
                    {"exit events", true, "netlink", ""}};
  r.zone_detail = "473 g/kWh, the world's mean, is assumed";
  r.zone_fix = "olivine run --zone FR";
  r.notes = {"runs in a virtual machine: 2 of 64 hardware threads"};
  return r;
}

TEST(Doctor, TextFitsOneScreenAndNamesTheFix) {
  const std::string text = render_doctor_text(usual_report(), report_test::plain_style());
  EXPECT_NE(text.find("1 measured, 2 modelled, 1 unavailable"), std::string::npos) << text;
  EXPECT_NE(text.find("fix: sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj"), std::string::npos) << text;
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 24);
  report_test::expect_golden("doctor.txt", text);
}

TEST(Doctor, OnATerminalNamesAreWholeAndLinesFit) {
  DoctorReport r = usual_report();
  r.components[2].component = "GPU 0 NVIDIA A100-SXM4-80GB";
  TextStyle style = report_test::plain_style();
  style.fit = true;
  style.width = 80;
  const std::string text = render_doctor_text(r, style);
  EXPECT_NE(
      text.find("\n  GPU 0 NVIDIA A100-SXM4-80GB\n" + std::string(24, ' ') + "measured      nvml, energy counter\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("\n    fix: sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj\n"), std::string::npos)
      << text;
  for (const std::string_view line : split(text, '\n')) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Doctor, JsonHasTheSameFacts) {
  const Json j = Json::parse(render_doctor_json(usual_report()));
  EXPECT_EQ(j["schema"], "olivine.doctor/1");
  EXPECT_EQ(j["all_metered"], false);
  EXPECT_EQ(j["components"][0]["verdict"], "modelled");
  EXPECT_TRUE(j["components"][1]["fix"].is_null());
  EXPECT_EQ(j["interval"]["chosen_s"], 0.1);
  EXPECT_TRUE(j["zone"]["zone"].is_null());
  report_test::expect_golden("doctor.json", render_doctor_json(usual_report()) + "\n");
}

TEST(Doctor, StrictAsksForMetersEverywhere) {
  DoctorReport r = usual_report();
  EXPECT_FALSE(all_metered(r));
  for (DoctorLine& line : r.components) line.verdict = "derived";
  EXPECT_TRUE(all_metered(r));
  r.components.clear();
  EXPECT_FALSE(all_metered(r)) << "a machine without any component is not a measured one";
}

TEST(Doctor, HostileTextCannotReachTheTerminal) {
  DoctorReport r = usual_report();
  const std::string bad = "a\x1b[2J\nb\xff";
  r.components = {{bad, bad, bad, bad, bad}};
  r.interval_why = r.ledger_path = r.ledger_mode = r.ledger_fix = r.zone = r.zone_detail = r.zone_fix = bad;
  r.notes = {bad};
  r.capabilities = {{bad, true, bad, bad}};
  EXPECT_EQ(render_doctor_text(r, report_test::plain_style()).find('\x1b'), std::string::npos);
  EXPECT_TRUE(Json::accept(render_doctor_json(r)));
}

}  // namespace
}  // namespace olivine
