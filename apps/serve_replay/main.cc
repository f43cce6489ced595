// olivine-serve-replay: src/grid/replay behind an HTTP server on 127.0.0.1. Started by `olivine grid serve-replay`, which
// has checked the arguments: NAME=VALUE, data=FILE as often as there are files.
//
// Only this machine is served: the socket is on 127.0.0.1, and a request whose Host is another name (a web page that was led
// here by DNS rebinding) gets 403. GET only.
#include <fmt/core.h>
#include <httplib.h>
#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/text.h"
#include "grid/providers/series_csv.h"
#include "grid/providers/utc_text.h"
#include "grid/replay/replay_faults.h"
#include "grid/replay/replay_service.h"
#include "grid/replay/replayed_service.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

struct Settings {
  WallTime from;
  double speed = 1;
  int port = 0;
  std::uint64_t seed = 0;
  std::vector<ReplayFault> faults;
  std::string log;
  std::vector<IntensitySeries> series;
};

Status read_data(const std::string& path, Settings& settings) {
  RealFileSystem files;
  OLIVINE_TRY(const std::string text, read_text(files, path, kMaxFileBytes));
  OLIVINE_TRY(const auto series, parse_series_csv(text, path));
  settings.series.insert(settings.series.end(), series.begin(), series.end());
  return {};
}

Result<Settings> read_arguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string name(argument.substr(0, equals)),
        value(equals == std::string_view::npos ? "" : argument.substr(equals + 1));
    if (name == "from") {
      OLIVINE_TRY(settings.from, parse_utc(value));
    } else if (name == "speed") {
      OLIVINE_TRY(settings.speed, parse_double(value));
    } else if (name == "port") {
      OLIVINE_TRY(const std::uint64_t port, parse_u64(value));
      settings.port = static_cast<int>(port);
    } else if (name == "seed") {
      OLIVINE_TRY(settings.seed, parse_u64(value));
    } else if (name == "fault") {
      OLIVINE_TRY(settings.faults, parse_replay_faults(value));
    } else if (name == "log") {
      settings.log = value;
    } else if (name == "data") {
      OLIVINE_CHECK_STATUS(read_data(value, settings));
    } else {
      return fail(ErrorKind::kInvalid, "start this program with: olivine grid serve-replay");
    }
  }
  return settings;
}

class Server {
 public:
  explicit Server(Settings settings)
      : settings_(std::move(settings)),
        data_(std::move(settings_.series)),
        faults_(settings_.faults, settings_.seed),
        begin_(clock_.now().mono) {}

  int run() {
    server_.new_task_queue = [] { return new httplib::ThreadPool(4); };
    server_.set_tcp_nodelay(true);  // head and body are two writes: else each answer waits 40 ms for an ACK
    server_.set_payload_max_length(4096);
    server_.set_read_timeout(10);
    server_.set_keep_alive_max_count(1000);
    server_.Get(".*", [this](const httplib::Request& in, httplib::Response& out) { serve(in, out); });
    port_ = settings_.port;
    if (port_ == 0)
      port_ = server_.bind_to_any_port("127.0.0.1");
    else if (!server_.bind_to_port("127.0.0.1", port_))
      port_ = -1;
    if (port_ <= 0) {
      std::fprintf(stderr, "olivine: port %d of 127.0.0.1 cannot be had; leave --port away for a free one\n",
                   settings_.port);
      return 3;
    }
    if (!settings_.log.empty() && (log_ = std::fopen(settings_.log.c_str(), "ae")) == nullptr) {
      std::fprintf(stderr, "olivine: %s cannot be written\n", settings_.log.c_str());
      return 3;
    }
    announce();
    std::thread([this] {
      sigset_t signals = stop_signals();
      int number = 0;
      sigwait(&signals, &number);
      server_.stop();
    }).detach();
    server_.listen_after_bind();
    return 0;
  }

  static sigset_t stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
  }

 private:
  WallTime virtual_now() const {
    return settings_.from + seconds_from(in_seconds(clock_.now().mono - begin_) * settings_.speed);
  }

  void announce() const {
    std::string text = fmt::format("replay from {} at {} x; grid services, for tests only:\n",
                                   format_second(settings_.from), shortest(settings_.speed));
    for (const char* name : {"electricity-maps", "watttime", "uk", "eia", "entsoe"})
      text += fmt::format("{:<17} http://127.0.0.1:{}/{}\n", name, port_, name);
    std::string zones;
    for (const std::string& zone : data_.zones()) zones += (zones.empty() ? "" : " ") + zone;
    text += zones.empty() ? "data              made up: yearly factors with a daily wave\n"
                          : fmt::format("data              {}; other zones are made up\n", zones);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  bool is_this_machine(const std::string& host) const {
    return host == fmt::format("127.0.0.1:{}", port_) || host == fmt::format("localhost:{}", port_);
  }

  static ReplayRequest plain(const httplib::Request& in) {
    ReplayRequest request{in.path, {}, {}};
    for (const auto& [name, value] : in.params) request.query.emplace(name, value);
    for (const auto& [name, value] : in.headers) request.headers.emplace(to_lower(name), value);
    return request;
  }

  // Keys do not belong into a log, not even those of a test.
  void log(const ReplayRequest& request, int status, const std::string& fault) {
    if (log_ == nullptr) return;
    std::string line = fmt::format("{} {}", status, printable(request.path));
    for (const auto& [name, value] : request.query)
      line += fmt::format(" {}={}", printable(name),
                          name == "api_key" || name == "securityToken" ? "***" : printable(value));
    for (const char* name : {"auth-token", "authorization", "if-none-match", "user-agent", "olivine-replay-now"})
      if (const std::string value = request.header(name); !value.empty())
        line += fmt::format(" [{}: {}]", name, name[0] == 'a' ? "***" : printable(value));
    line += fault.empty() ? "\n" : " fault=" + fault + "\n";
    std::fwrite(line.data(), 1, line.size(), log_);
    std::fflush(log_);
  }

  void serve(const httplib::Request& in, httplib::Response& out) {
    if (!is_this_machine(in.get_header_value("Host"))) {
      out.status = 403;
      out.set_content("only for this machine: ask 127.0.0.1\n", "text/plain");
      return;
    }
    const ReplayRequest request = plain(in);
    const auto now = replay_now(request, virtual_now());
    if (!now) {
      out.status = 400;
      out.set_content(now.error().message + "\n", "text/plain");
      return;
    }
    std::string fault;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (request.path != "/watttime/login") fault = faults_.next();
    }
    if (fault == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    const HttpResponse answer =
        with_fault(request, answer_replay(request, {data_, *now, fault}), fault == "slow" ? "" : fault);
    std::string type = "text/plain";
    for (const HttpHeader& h : answer.headers) {
      if (h.name == "Content-Type")
        type = h.value;
      else
        out.set_header(h.name, h.value);
    }
    out.set_header(kReplayNow, format_second(*now));
    out.status = answer.status;
    if (answer.status != 304) out.set_content(answer.body, type);
    const std::lock_guard<std::mutex> lock(mutex_);
    log(request, answer.status, fault);
  }

  Settings settings_;
  ReplayData data_;
  SystemClock clock_;
  ReplayFaults faults_;
  MonoTime begin_;
  std::mutex mutex_;
  std::FILE* log_ = nullptr;
  int port_ = 0;
  httplib::Server server_;
};

int serve_main(int argc, char** argv) {
  auto settings = read_arguments(argc, argv);
  if (!settings) {
    std::fprintf(stderr, "olivine: %s\n", settings.error().message.c_str());
    return 2;
  }
  const sigset_t signals = Server::stop_signals();  // blocked before any thread begins: one thread waits for them
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // The waiting thread may still use the server when the process ends: it is never destroyed.
  static Server& server = *new Server(std::move(*settings));
  return server.run();
}

}  // namespace
}  // namespace olivine

int main(int argc, char** argv) { return olivine::serve_main(argc, argv); }
