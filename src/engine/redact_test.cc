#include "engine/redact.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/prng.h"

namespace olivine {
namespace {

using Argv = std::vector<std::string>;

constexpr const char* kBase62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr const char* kBase36 = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr const char* kHex = "0123456789abcdef";

// The secrets are drawn at random, so that no scanner takes this file for a leak.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::string draw(std::size_t length, std::string_view letters = kBase62) {
    std::string text;
    while (text.size() < length) text += letters[random_.below(letters.size())];
    return text;
  }

 private:
  Prng random_;
};

std::string joined(const Argv& argv) { return fmt::format("{}", fmt::join(argv, "\n")); }

struct Planted {
  Argv argv;
  std::string secret;  // must not be found in what is stored
};

// Values after a name, however the name and the value are written.
std::vector<Planted> planted_by_name(Dice& dice) {
  std::vector<Planted> all;
  for (const char* flag :
       {"--token",          "--password",      "--passwd",      "--api-key",       "--api_key",      "--apikey",
        "--secret",         "--secret-key",    "--access-key",  "--auth-token",    "--hf-token",     "--hub_token",
        "--wandb_api_key",  "--client-secret", "--db-password", "--passphrase",    "--credentials",  "--private-key",
        "--openai-key",     "--pass",          "-token",        "--model.api_key", "--userPassword", "--github-pat",
        "--encryption-key", "--session-token"}) {
    const std::string weak = "p" + dice.draw(5, kBase36);  // found only by the name
    all.push_back({{"train.py", flag, weak, "--lr", "0.1"}, weak});
    all.push_back({{"train.py", std::string(flag) + "=" + weak + ",x;y&z"}, weak});
    all.push_back({{"bash", "-c", "python train.py " + std::string(flag) + " " + weak + " --lr 0.1"}, weak});
  }
  for (const char* name :
       {"HF_TOKEN", "WANDB_API_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "MYSQL_PWD", "DB_PASS",
        "SECRET_KEY_BASE", "GITHUB_TOKEN", "COMET_API_KEY", "trainer.logger.api_key", "AWS_SESSION_TOKEN",
        "+cfg.password", "KAGGLE_KEY", "AZURE_STORAGE_KEY", "AUTH_TOKEN", "ACCESS_TOKEN", "PASSWORD"}) {
    const std::string weak = "p" + dice.draw(5, kBase36);
    all.push_back({{"env", std::string(name) + "=" + weak, "python"}, weak});
    all.push_back({{"sh", "-c", "export " + std::string(name) + "='" + weak + " two words'; run"}, weak});
    all.push_back(
        {{"curl", "-d", "{\"lr\": 1, \"" + std::string(name).substr(name[0] == '+') + "\": \"" + weak + "\"}"}, weak});
  }
  return all;
}

std::vector<Planted> planted_by_form(Dice& dice) {
  std::vector<Planted> all;
  const auto add = [&](const std::string& secret) {
    all.push_back({{"run", secret}, secret});
    all.push_back({{"run", "--config=" + secret, "x"}, secret});
    all.push_back({{"sh", "-c", "echo \"" + secret + "\"; run"}, secret});
  };
  for (int round = 0; round < 2; ++round) {
    for (const char* front : {"ghp_", "gho_", "ghs_", "hf_", "sk_live_", "npm_", "gsk_1", "xai-2", "pplx-3", "r8_"})
      add(front + dice.draw(36));
    add("sk-" + dice.draw(47) + "7");
    add("sk-ant-api03-" + dice.draw(40) + "-" + dice.draw(20));
    add("sk-proj-" + dice.draw(24) + "_" + dice.draw(24));
    add("glpat-" + dice.draw(20));
    add("github_pat_" + dice.draw(22) + "_" + dice.draw(59));
    add("xoxb-" + dice.draw(12, "0123456789") + "-" + dice.draw(24));
    add("AKIA" + dice.draw(16, kUpper));
    add("ASIA" + dice.draw(16, kUpper));
    add("AIza" + dice.draw(35));
    add("ya29." + dice.draw(60));
    add("eyJ" + dice.draw(33) + ".eyJ" + dice.draw(60) + "." + dice.draw(43));
    add("dapi" + dice.draw(32, kHex));
    add("hvs." + dice.draw(24));
    add(dice.draw(40));
    add(dice.draw(64));
    add(dice.draw(43) + "=");
  }
  return all;
}

std::vector<Planted> planted_in_urls(Dice& dice) {
  std::vector<Planted> all;
  for (int round = 0; round < 4; ++round) {
    const std::string weak = "p" + dice.draw(6, kBase36);
    for (const std::string& url :
         {"https://ada:" + weak + "@git.example.org/x.git", "postgres://u:" + weak + "@db:5432/runs",
          "redis://:" + weak + "@cache:6379/0", "postgresql+psycopg2://u:pa/" + weak + "@db/runs",
          "mongodb+srv://u:" + weak + "@c0.example.net/?retryWrites=true",
          "https://example.org/d?token=" + weak + "&x=1", "https://example.org/d?x=1&api_key=" + weak,
          "https://b.example.org/o?X-Amz-Expires=60&X-Amz-Signature=" + weak,
          "https://a.blob.example.net/c?sv=2020&sig=" + weak, "https://example.org/#access_token=" + weak,
          "https://hooks.slack.com/services/T000/B000/" + weak, "https://discord.com/api/webhooks/12345/" + weak,
          "https://api.telegram.org/bot123:" + weak + "/sendMessage"}) {
      all.push_back({{"get", url}, weak});
      all.push_back({{"get", "--url=" + url, "-v"}, weak});
      all.push_back({{"sh", "-c", "curl '" + url + "' | head"}, weak});
    }
    const std::string token = dice.draw(30);
    all.push_back({{"git", "clone", "https://" + token + "@github.com/a/b"}, token});
  }
  return all;
}

std::vector<Planted> planted_in_programs(Dice& dice) {
  std::vector<Planted> all;
  const std::string weak = "p" + dice.draw(6, kBase36);
  all.push_back({{"curl", "-u", "ada:" + weak, "https://example.org"}, weak});
  all.push_back({{"curl", "--user", "ada:" + weak, "https://example.org"}, weak});
  all.push_back({{"curl", "-H", "Authorization: Bearer " + weak}, weak});
  all.push_back({{"curl", "-H", "Authorization: Basic " + weak}, weak});
  all.push_back({{"curl", "-H", "X-Api-Key: " + weak}, weak});
  all.push_back({{"curl", "-H", "PRIVATE-TOKEN: " + weak}, weak});
  all.push_back({{"curl", "--cookie", "a=" + weak}, weak});
  all.push_back({{"curl", "-H", "Cookie: a=b; session=" + weak}, weak});
  all.push_back({{"sshpass", "-p", weak, "ssh", "host"}, weak});
  all.push_back({{"sshpass", "-p" + weak, "ssh", "host"}, weak});
  all.push_back({{"mysql", "-u", "root", "-p" + weak, "runs"}, weak});
  all.push_back({{"docker", "login", "-u", "ada", "-p", weak}, weak});
  all.push_back({{"redis-cli", "-a", weak}, weak});
  all.push_back({{"scp", "ada:" + weak + "@host", "."}, weak});
  all.push_back({{"python", "-c", "import x; x.login(token='" + weak + "')"}, weak});
  all.push_back({{"python", "-c", "x = {\"password\": \"" + weak + " with words\", \"n\": 3}"}, weak});
  all.push_back({{"sh", "-c", "curl -d \"{\\\"api_key\\\": \\\"" + weak + "\\\"}\" https://example.org"}, weak});
  all.push_back({{"x", "-----BEGIN RSA PRIVATE KEY-----\n" + weak + "\n-----END RSA PRIVATE KEY-----"}, weak});
  all.push_back({{"x", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + weak}, weak});
  return all;
}

TEST(Redact, EveryPlantedSecretGoes) {
  std::size_t count = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Dice dice(seed);
    std::vector<Planted> all = planted_by_name(dice);
    for (auto make : {planted_by_form, planted_in_urls, planted_in_programs}) {
      for (Planted& each : make(dice)) all.push_back(std::move(each));
    }
    for (const Planted& each : all) {
      const std::string stored = joined(redact_argv(each.argv));
      EXPECT_EQ(stored.find(each.secret), std::string::npos) << joined(each.argv) << "\nstored as\n" << stored;
      EXPECT_NE(stored.find(kRedacted), std::string::npos) << joined(each.argv);
    }
    count = all.size();
  }
  EXPECT_GE(count, 200U);
}

TEST(Redact, SecretsDrawnAtRandomGoWithoutANameToo) {
  int missed = 0;
  Dice dice(99);
  for (int i = 0; i < 1000; ++i) {
    missed += !looks_like_secret(dice.draw(32));
    missed += !looks_like_secret(dice.draw(40, kBase64));
    missed += !looks_like_secret(dice.draw(40, kBase36));
  }
  EXPECT_LE(missed, 60) << "of 3000";
}

const Argv kHarmless{"python",
                     "train.py",
                     "--lr",
                     "0.1",
                     "--lr=1e-4",
                     "--epochs=3",
                     "--batch-size",
                     "256",
                     "--seed=20240115",
                     "-c",
                     "-m",
                     "torch.distributed.run",
                     "--nproc_per_node=8",
                     "/home/ada/projects/nlp/train.py",
                     "./data/imagenet/train",
                     "../x/y.csv",
                     "~/models",
                     "C:\\data\\x",
                     "model-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.pt",
                     "checkpoint-000120000",
                     "epoch=12-step=34000.ckpt",
                     "/data/cache/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
                     "d41d8cd98f00b204e9800998ecf8427e",
                     "550e8400-e29b-41d4-a716-446655440000",
                     "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15",
                     "python@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15",
                     "python:3.11@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
                     "nvcr.io/nvidia/pytorch:24.01-py3",
                     "ghcr.io/org/image:v1.2.3",
                     "meta-llama/Meta-Llama-3-70B-Instruct",
                     "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
                     "mistralai/Mixtral-8x22B-Instruct-v0.1",
                     "BertForSequenceClassification",
                     "TinyLlama-1.1B-Chat-v1.0",
                     "openai/clip-vit-large-patch14-336",
                     "facebook/wav2vec2-large-xlsr-53",
                     "google/vit-base-patch16-224-in21k",
                     "stabilityai/stable-diffusion-xl-base-1.0",
                     "convnextv2_huge.fcmae_ft_in22k_in1k_512",
                     "tf_efficientnetv2_xl.in21k_ft_in1k",
                     "ResNeXt101_32x8d_wsl",
                     "--tokenizer",
                     "--tokenizer=gpt2",
                     "--max-tokens=512",
                     "--max_tokens",
                     "--pad-token=<pad>",
                     "--eos_token=</s>",
                     "--num-tokens",
                     "--tokens-per-batch=4096",
                     "--image-token=<image>",
                     "--token-dim=16",
                     "--sort-key=loss",
                     "--key=4",
                     "--cache-key",
                     "--monkey=1",
                     "--keyframe",
                     "--password-file=/run/secrets/db",
                     "--api-key-file",
                     "--secret-name=train",
                     "--token-path=/run/token",
                     "--author=Ada",
                     "--authors",
                     "--passes=3",
                     "--bypass",
                     "--compass=north",
                     "--passenger",
                     "--secretary=Bob",
                     "--optimizer=AdamW",
                     "--fp16",
                     "--bf16=true",
                     "--use-auth-token=true",
                     "--token=None",
                     "--token=$HF_TOKEN",
                     "--password=${DB_PASSWORD}",
                     "PATH=/usr/bin:/bin",
                     "PWD=/home/ada",
                     "OLDPWD=/tmp",
                     "CUDA_VISIBLE_DEVICES=0,1,2,3",
                     "OMP_NUM_THREADS=8",
                     "LANG=C.UTF-8",
                     "PYTHONPATH=src:lib",
                     "TOKENIZERS_PARALLELISM=false",
                     "https://example.org/data/train.tar.gz",
                     "https://huggingface.co/gpt2/resolve/main/pytorch_model.bin?download=true",
                     "https://example.org:8080/x/@user/y",
                     "git@github.com:org/repo.git",
                     "ssh://git@host/repo",
                     "s3://bucket/key/part-00001-of-00128.parquet",
                     "gs://bucket/run/2024-01-15T12:30:00Z/events.out.tfevents.1705321800.host.1.0",
                     "hf://datasets/org/name",
                     "file:///data/x",
                     "mailto:ada@example.org",
                     "ada@example.org",
                     "localhost:6006",
                     "127.0.0.1:29500",
                     "tcp://10.0.0.1:23456",
                     "[::1]:8080",
                     "2024-01-15T12:30:00Z",
                     "3.14159265358979323846",
                     "170532180012345678901234567890",
                     "0x7fff5fbff8c0",
                     "1e-08",
                     "-1",
                     "--",
                     "-",
                     "",
                     "a=b",
                     "x:y",
                     "{\"lr\": 0.1, \"layers\": [1, 2, 3]}",
                     "lambda x: x + 1",
                     "import torch; print(torch.__version__)",
                     "model.encoder.layers=12",
                     "+trainer.max_steps=1000",
                     "~optimizer",
                     "data@dataset=imagenet",
                     "for i in 1 2 3; do echo $i; done",
                     "s/foo/bar/g",
                     "*.py",
                     "--run-name=bert-base-uncased-finetuned-sst2-english-20240115",
                     "job_20240115_123000_gpu0",
                     "wandb-run-20240115_123000-3xk2jq8a",
                     "libtorch-cxx11-abi-shared-with-deps-2.1.0",
                     "nvidia-cuda-runtime-cu12==12.1.105",
                     "torch>=2.1,<3",
                     "x86_64-linux-gnu",
                     "sk-learn-pipeline-with-long-names",
                     "hf_dataset_loader_configuration_file",
                     "key-value-store",
                     "AKIA",
                     "eyJ",
                     "sk-",
                     "Bearer",
                     "basic usage text",
                     "accuracy_score_weighted_average_by_class_label",
                     "MyVeryLongCamelCaseClassNameForTestingPurposes",
                     "VERY_LONG_CONSTANT_NAME_IN_UPPER_CASE_LETTERS",
                     "--data_dir=/mnt/ssd0/datasets/LAION400M/laion400m-data/{00000..41455}.tar",
                     "experiments/2024-01/Run7B_lr3e4_bs2048_wd01/ckpt_latest",
                     "GPU-8f6a1c2e-0b1d-4c3e-9f5a-6b7c8d9e0f1a"};

TEST(Redact, HarmlessArgumentsStay) {
  ASSERT_GE(kHarmless.size(), 100U);
  for (const std::string& argument : kHarmless) {
    EXPECT_EQ(redact_argv(Argv{argument})[0], argument);
    EXPECT_EQ(redact_argv(Argv{"run", argument, "x"})[1], argument);
    EXPECT_EQ(redact_text("run " + argument + " x"), "run " + argument + " x");
  }
}

TEST(Redact, WhatStandsAroundASecretStays) {
  const auto one = [](Argv argv) { return joined(redact_argv(argv)); };
  EXPECT_EQ(one({"t.py", "--api-key", "abc", "--lr=0.1"}), "t.py\n--api-key\n[redacted]\n--lr=0.1");
  EXPECT_EQ(one({"t.py", "--api-key=abc", "x"}), "t.py\n--api-key=[redacted]\nx");
  EXPECT_EQ(one({"t.py", "--token", "--verbose", "x"}), "t.py\n--token\n--verbose\nx") << "a switch has no value";
  EXPECT_EQ(one({"ffmpeg", "-pass", "1", "-i", "x"}), "ffmpeg\n-pass\n1\n-i\nx");
  EXPECT_EQ(one({"HF_TOKEN=abc", "python"}), "HF_TOKEN=[redacted]\npython");
  EXPECT_EQ(one({"https://ada:pw@h/x?a=1&token=t&b=2"}), "https://ada:[redacted]@h/x?a=1&token=[redacted]&b=2");
  EXPECT_EQ(one({"sh", "-c", "A=1 HF_TOKEN=abc run --lr 0.1"}), "sh\n-c\nA=1 HF_TOKEN=[redacted] run --lr 0.1");
  EXPECT_EQ(one({"{\"password\": \"x y\", \"n\": 3}"}), "{\"password\": \"[redacted]\", \"n\": 3}");
  EXPECT_EQ(one({"-H", "Authorization: Bearer abcdef12"}), "-H\nAuthorization: [redacted]");
  EXPECT_EQ(one({}), "");
}

TEST(Redact, IsStableAndTakesAnyBytes) {
  Prng random(17);
  const std::string letters = "ab=:/\"'\\ \n-@?&token{}\xff.";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(80); i > 0; --i) text += letters[random.below(letters.size())];
    (void)redact_argv(Argv{text, text});
  }
  Dice dice(4);
  for (const Planted& each : planted_by_name(dice)) {
    const Argv once = redact_argv(each.argv);
    EXPECT_EQ(redact_argv(once), once) << joined(once);
  }
}

TEST(Redact, LongTextTakesNoLongerThanItsLength) {
  for (const char* part : {"a", "token=", "://a:b@", "\"x\": ", "-----BEGIN ", "a.", "a/", "Bearer ", "a:"}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    (void)redact_text(text);
  }
}

}  // namespace
}  // namespace olivine
