// The options of `olivine slurm`, `olivine k8s` and `olivine systemd`: plans carried out by somebody else's scheduler. What the plan is
// asked for is in PlanOptions.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;
struct Options;

struct JobsOptions {
  std::string by = "begin";         // slurm
  std::string job;                  // slurm follow, k8s suspend, resume, follow
  std::string name_space;           // k8s
  std::string file;                 // k8s manifest
  std::string unit;                 // systemd
  bool transient = false;           // systemd: the systemd-run command in place of units
  bool dry_run = false;             // slurm submit
  std::string event;                // slurm hook: submit, epilog
  std::string comment, time_limit;  // slurm hook submit
  bool print = false;               // slurm hook: the script in place of doing it
  bool all = false;                 // slurm hook epilog
  std::string wait = "2min";        // slurm hook epilog: for how the job ended
  bool watch = false;               // slurm submit and follow, k8s follow: stay until the job has ended
};

void add_jobs_commands(CLI::App& app, Options& options);

int slurm_submit_command(App& app);
int slurm_follow_command(App& app);
int slurm_hook_command(App& app);
int k8s_suspend_command(App& app);
int k8s_resume_command(App& app);
int k8s_follow_command(App& app);
int k8s_manifest_command(App& app);
int systemd_command(App& app);

}  // namespace olivine::cli
