// passthrough_driver: the child runner alone, without any measuring: `passthrough_driver [--interval MS] -- CMD ...`.
// The passthrough matrix (tests/python/test_passthrough.py) runs against it as well as against the product, so that a
// difference from the bare command can be laid at the right door.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/child_supervisor.h"

int main(int argc, char** argv) {
  olivine::protect_standard_streams();
  int first = 1;
  while (first < argc && std::string(argv[first]) != "--") ++first;
  if (first + 1 >= argc) {
    std::fputs("usage: passthrough_driver -- CMD ...\n", stderr);
    return 2;
  }
  const std::vector<std::string> command(argv + first + 1, argv + argc);
  const olivine::SignalState signals;
  auto supervisor = olivine::ChildSupervisor::create(signals, olivine::milliseconds(10));
  if (!supervisor) return 125;
  const auto child = supervisor->start(command, signals, {});
  if (!child) {
    std::fprintf(stderr, "passthrough_driver: %s\n", child.error().message.c_str());
    return child.error().exit_code;
  }
  olivine::release_inherited_descriptors(true);
  while (true) {
    const olivine::SupervisorEvent event = supervisor->wait();
    if (event.kind == olivine::SupervisorEvent::Kind::kChildEnded) olivine::mirror_exit(event.status);
  }
}
