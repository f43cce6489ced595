#include "base/blob_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/private_file.h"

namespace olivine {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = ::testing::TempDir() + "olivine-blobs-XXXXXX";
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::system(("rm -rf '" + path + "'").c_str()) == 0 ? void() : void(); }
  std::string path;
};

TEST(BlobDirectory, WritesAtomicallyForTheOwnerOnly) {
  const Folder folder;
  BlobDirectory blobs(folder.path + "/a/b");
  EXPECT_EQ(blobs.read("x").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(blobs.replace("x", "one"));
  ASSERT_TRUE(blobs.replace("x", std::string("t\0wo", 4)));
  EXPECT_EQ(blobs.read("x").value(), std::string("t\0wo", 4));
  struct stat info{};
  ASSERT_EQ(::stat((folder.path + "/a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700U);
  ASSERT_EQ(::stat((folder.path + "/a/b/x").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
}

TEST(BlobDirectory, KeepsWithinItsSizeByRemovingTheOldest) {
  const Folder folder;
  BlobDirectory blobs(folder.path);
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_TRUE(blobs.replace(name, std::string(100, 'x')));
    ::usleep(12000);  // the clock of a file system may tick at 4 ms
  }
  ASSERT_TRUE(blobs.replace("a", std::string(100, 'y')));  // now the youngest
  ASSERT_TRUE(blobs.keep_within(250));
  EXPECT_EQ(blobs.read("b").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(blobs.read("a") && blobs.read("c"));
  ASSERT_TRUE(BlobDirectory(folder.path + "/none").keep_within(0));
}

TEST(BlobDirectory, ErrorsAndNames) {
  const Folder folder;
  std::ofstream(folder.path + "/file") << "x";
  EXPECT_FALSE(BlobDirectory(folder.path + "/file").replace("a", "b"));
  BlobDirectory small(folder.path, 4);
  std::ofstream(folder.path + "/big") << "12345";
  EXPECT_EQ(small.read("big").error().kind, ErrorKind::kCorrupt);
  for (const char* name : {"", ".", "..", ".x", "a/b", "A", "a b"}) {
    EXPECT_FALSE(is_blob_name(name)) << name;
    EXPECT_THROW(static_cast<void>(small.read(name)), std::logic_error) << name;
  }
  EXPECT_TRUE(is_blob_name("0f.answer-1_2"));
}

TEST(PrivateFile, RefusesWhatOthersCanRead) {
  const Folder folder;
  const std::string path = folder.path + "/tokens";
  std::ofstream(path) << "secret-text";
  for (const unsigned mode : {0644U, 0640U, 0604U, 0620U, 0601U}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const auto text = read_private_file(path);
    ASSERT_FALSE(text) << mode;
    EXPECT_EQ(text.error().kind, ErrorKind::kPermission);
    EXPECT_NE(text.error().message.find("type: chmod 600 " + path), std::string::npos);
    EXPECT_EQ(text.error().message.find("secret-text"), std::string::npos);
  }
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(read_private_file(path).value(), "secret-text");
  EXPECT_EQ(read_private_file(path, 10).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(read_private_file(folder.path).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(read_private_file(folder.path + "/none").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace olivine
