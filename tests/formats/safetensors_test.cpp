#include "formats/safetensors.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"

using namespace matchday;

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// A file made by hand: length, header, data.
std::string assemble(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

/// The error of reading these bytes; "nothing was thrown" if they are a good file.
std::string complaint_about(const Folder& folder, const std::string& bytes) {
  const std::string path = folder.file("read");
  put(path, bytes);
  return complaint([&] { read_safetensors(path); });
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Equal dtype, shape and bytes.
bool same(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() &&
         (a.numel() == 0 || std::memcmp(a.contiguous().data_ptr(), b.contiguous().data_ptr(), a.nbytes()) == 0);
}

// 1.0F, -2.0F, then one byte. The header is 136 bytes long with its padding.
const std::string good_header =
    R"({"__metadata__":{"made by":"hand"},"weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
    R"("flag":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}})";
const std::string good_data("\x00\x00\x80\x3f\x00\x00\x00\xc0\x01", 9);

std::string padded(std::string header) {
  while (header.size() % 8 != 0) header += ' ';
  return header;
}

}  // namespace

TEST_CASE("a safetensors file made by hand is read, and written with the same bytes") {
  const Folder folder;
  const std::string path = folder.file("hand.safetensors");
  put(path, assemble(padded(good_header), good_data));
  const SafetensorsFile file = read_safetensors(path);
  CHECK(file.metadata == std::map<std::string, std::string>{{"made by", "hand"}});
  REQUIRE(file.tensors.size() == 2);
  CHECK(same(file.tensors.at("weight"), at::tensor({1.0F, -2.0F}).reshape({2, 1})));
  CHECK(same(file.tensors.at("flag"), at::scalar_tensor(true, at::kBool)));

  write_safetensors(folder.file("copy.safetensors"), file);
  CHECK(bytes_of(folder.file("copy.safetensors")) == bytes_of(path));

  // Order of the header's keys and white space don't matter; an empty file is a file.
  CHECK(complaint_about(folder, assemble(R"({ "b":{"shape":[1],"data_offsets":[1,2],"dtype":"U8"},
    "a":{"shape":[1],"data_offsets":[0,1],"dtype":"I8", "more": null} })",
                                         "xy")) == "nothing was thrown");
  CHECK(complaint_about(folder, assemble("{}", "")) == "nothing was thrown");
}

TEST_CASE("tensors of every dtype and form survive a safetensors file") {
  const Folder folder;
  const std::string path = folder.file("all.safetensors");
  SafetensorsFile file;
  for (const at::ScalarType type :
       {at::kLong, at::kDouble, at::kFloat, at::kInt, at::kBFloat16, at::kHalf, at::kShort, at::kChar, at::kByte}) {
    at::Tensor bytes = at::randint(0, 256, {3, 5, 8}, at::kByte);
    file.tensors[std::string("random ") + c10::toString(type)] = bytes.view(type);  // NaNs too
    file.tensors[std::string("zero-dimensional ") + c10::toString(type)] = at::full({}, 3, type);
    file.tensors[std::string("empty ") + c10::toString(type)] = at::empty({2, 0, 3}, type);
  }
  file.tensors["bool"] = at::randint(0, 2, {7}).to(at::kBool);
  file.tensors["transposed"] = at::rand({3, 4}).t();
  file.tensors["expanded"] = at::rand({3, 1}).expand({3, 4});
  file.tensors["strided"] = at::rand({10}).slice(0, 1, 9, 3);
  file.tensors["needs gradient"] = at::rand({2}).requires_grad_();
  file.tensors["name with \"quotes\", \\ and ümlaut"] = at::rand({2});
  file.tensors[""] = at::rand({1});
  file.metadata = {{"config", "[rules]\npreset = \"arena\"\n"}, {"", "é"}};

  write_safetensors(path, file);
  const SafetensorsFile read = read_safetensors(path);
  CHECK(read.metadata == file.metadata);
  REQUIRE(read.tensors.size() == file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    INFO(name);
    CHECK(same(read.tensors.at(name), tensor));
  }
  CHECK(read.tensors.at("random Long").is_contiguous());

  const std::string bytes = bytes_of(path);
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), 8);
  CHECK(header_bytes % 8 == 0);
  write_safetensors(folder.file("again"), read);
  CHECK(bytes_of(folder.file("again")) == bytes);
  CHECK(folder.files().size() == 2);
}

TEST_CASE("recorded safetensors files, which the Python package wrote, are read and written with the same bytes") {
  const char* recorded = std::getenv("MATCHDAY_RECORDED");
  if (recorded == nullptr) {
    WARN("skipped: set MATCHDAY_RECORDED to the folder of the recorded play");
    return;
  }
  const Folder folder;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(recorded)) {
    if (entry.path().extension() != ".safetensors") continue;
    INFO(entry.path());
    const SafetensorsFile file = read_safetensors(entry.path());
    write_safetensors(folder.file("copy"), file);
    // The Python package writes the metadata, which comes first, in random order.
    const auto after_metadata = [](const std::string& bytes) { return bytes.substr(bytes.find("},")); };
    const bool equal = after_metadata(bytes_of(folder.file("copy"))) == after_metadata(bytes_of(entry.path()));
    CHECK(equal);
    ++files;
  }
  CHECK(files > 0);
  const std::string v1 = fs::path(recorded) / "footyai-v1.safetensors";
  if (!fs::exists(v1)) return;
  const SafetensorsFile file = read_safetensors(v1);
  CHECK(file.tensors.at("player_pos").sizes() == at::IntArrayRef({181, 6, 10, 2}));
  CHECK(file.tensors.at("player_pos").scalar_type() == at::kDouble);
  CHECK(file.tensors.at("done").scalar_type() == at::kByte);
  // The ball starts in the middle of the 100 x 60 pitch.
  CHECK(at::equal(file.tensors.at("ball_pos")[0][0], at::tensor({50.0, 30.0}, at::kDouble)));
}

TEST_CASE("a safetensors file cut off anywhere, or with any bit turned over, never does harm") {
  const Folder folder;
  const std::string good = assemble(padded(good_header), good_data);
  REQUIRE(complaint_about(folder, good) == "nothing was thrown");
  for (std::size_t length = 0; length < good.size(); ++length) {
    INFO(length);
    CHECK(complaint_about(folder, good.substr(0, length)) != "nothing was thrown");
  }
  CHECK(contains(complaint_about(folder, good + "x"), "1 bytes at the end belong to no tensor"));
  // A flipped bit may leave a good file (e.g. in a name); any exception but BadInput fails the test.
  int refused = 0;
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    refused += complaint_about(folder, bad) != "nothing was thrown" ? 1 : 0;
  }
  CHECK(refused > static_cast<int>(good.size()) * 4);
}

TEST_CASE("every lie in a safetensors header is found") {
  const Folder folder;
  struct Case {
    std::string header;
    std::string message;
  };
  const std::string u8 = R"("dtype":"U8",)";
  const std::vector<Case> cases{
      {"[]", "not the JSON object"},
      {" {}", "not the JSON object"},
      {"{]", "not the JSON object"},
      {"{\"a\xff\":1}", "not the JSON object"},
      {R"({"a":[[[[1]]]]})", "not the JSON object"},
      {"{\"a\":" + std::string(100000, '['), "not the JSON object"},
      {R"({"a":1})", "tensor \"a\" is not described by a JSON object"},
      {R"({"a":{)" + u8 + R"("shape":[8]}})", "tensor \"a\" has no data_offsets"},
      {R"({"a":{)" + u8 + R"("data_offsets":[0,8]}})", "tensor \"a\" has no shape"},
      {R"({"a":{"shape":[8],"data_offsets":[0,8]}})", "tensor \"a\" has no dtype"},
      {R"({"a":{"dtype":8,"shape":[8],"data_offsets":[0,8]}})", "a dtype that is not a string"},
      {R"({"a":{"dtype":"U9","shape":[8],"data_offsets":[0,8]}})", "the unknown dtype \"U9\""},
      {R"({"a":{)" + u8 + R"("shape":[-8],"data_offsets":[0,8]}})", "a shape that is not a list of sizes"},
      {R"({"a":{)" + u8 + R"("shape":[8.0],"data_offsets":[0,8]}})", "a shape that is not a list of sizes"},
      {R"({"a":{)" + u8 + R"("shape":["8"],"data_offsets":[0,8]}})", "a shape that is not a list of sizes"},
      {R"({"a":{)" + u8 + R"("shape":8,"data_offsets":[0,8]}})", "a shape that is not a list of sizes"},
      {R"({"a":{)" + u8 + R"("shape":[9223372036854775808],"data_offsets":[0,8]}})", "not a list of sizes"},
      {R"({"a":{)" + u8 + R"("shape":[8],"data_offsets":[0]}})", "not a begin and an end"},
      {R"({"a":{)" + u8 + R"("shape":[8],"data_offsets":[8,0]}})", "not a begin and an end"},
      {R"({"a":{)" + u8 + R"("shape":[8],"data_offsets":[-8,0]}})", "not a begin and an end"},
      {R"({"a":{)" + u8 + R"("shape":[7],"data_offsets":[0,8]}})", "needs 7 bytes"},
      {R"({"a":{"dtype":"F32","shape":[8],"data_offsets":[0,8]}})", "needs 32 bytes"},
      {R"({"a":{)" + u8 + R"("shape":[4294967296,4294967296],"data_offsets":[0,0]}})", "can be counted"},
      {R"({"a":{"dtype":"I64","shape":[4611686018427387904],"data_offsets":[0,0]}})", "can be counted"},
      {R"({"a":{)" + u8 + R"("shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", "can be counted"},
      {R"({"a":{)" + u8 + R"("shape":[9],"data_offsets":[0,9]}})", "is the file cut off?"},
      {R"({"a":{)" + u8 + R"("shape":[1099511627776],"data_offsets":[0,1099511627776]}})", "is the file cut off?"},
      {R"({"a":{)" + u8 + R"("shape":[7],"data_offsets":[1,8]}})", "begins at byte 1"},
      {R"({"a":{)" + u8 + R"("shape":[7],"data_offsets":[0,7]}})", "1 bytes at the end belong to no tensor"},
      {R"({"a":{)" + u8 + R"("shape":[5],"data_offsets":[0,5]},"b":{)" + u8 + R"("shape":[4],"data_offsets":[4,8]}})",
       "tensor \"b\" begins at byte 4 of the data, where the one before it ends at 5"},
      {R"({"a":{)" + u8 + R"("shape":[8],"data_offsets":[0,8]},"a":{)" + u8 + R"("shape":[8],"data_offsets":[0,8]}})",
       "the header has \"a\" twice"},
      {R"({"a":{)" + u8 + u8 + R"("shape":[8],"data_offsets":[0,8]}})", "the header has \"dtype\" twice"},
      {R"({"__metadata__":{"k":1},"a":{)" + u8 + R"("shape":[8],"data_offsets":[0,8]}})", "no string for \"k\""},
      {R"({"__metadata__":[],"a":{)" + u8 + R"("shape":[8],"data_offsets":[0,8]}})", "is not a JSON object"},
      {R"({"a":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}})", "neither 0 nor 1"},
  };
  const std::string data = "12345678";
  for (const Case& one : cases) {
    const std::string message = complaint_about(folder, assemble(one.header, data));
    INFO(one.header.substr(0, 200) << "\n-> " << message);
    CHECK(contains(message, one.message));
    CHECK(contains(message, folder.file("read")));
  }
  std::string dimensions = "1";
  for (int i = 0; i < 64; ++i) dimensions += ",1";
  CHECK(contains(
      complaint_about(folder,
                      assemble(R"({"a":{)" + u8 + R"("shape":[)" + dimensions + R"(],"data_offsets":[0,1]}})", "1")),
      "has 65 dimensions"));
  for (const std::string& length : {std::string(8, '\xff'), std::string(7, '\0') + '\x80', std::string(8, '\0')})
    CHECK(contains(complaint_about(folder, length + "{}      "), "a header of "));
  CHECK(contains(complaint([] { read_safetensors("no/such"); }), "no/such: cannot be read"));
  CHECK(contains(complaint([&] { read_safetensors(folder.path); }), "cannot be read"));
}

TEST_CASE("a safetensors file is written whole or not at all") {
  const Folder folder;
  const std::string path = folder.file("file");
  const SafetensorsFile old{{{"a", at::ones({3})}}, {}};
  write_safetensors(path, old);
  const std::string before = bytes_of(path);

  const auto refuses = [&](const SafetensorsFile& file, const std::string& message) {
    const std::string text = complaint([&] { write_safetensors(path, file); });
    INFO(text);
    CHECK(contains(text, message));
    CHECK(bytes_of(path) == before);
    CHECK(folder.files().size() == 1);
  };
  refuses({{{"__metadata__", at::ones({3})}}, {}}, "the name that the format keeps");
  refuses({{{"a", at::Tensor()}}, {}}, "tensor \"a\" is undefined");
  refuses({{{"a", at::ones({3}, at::kComplexFloat)}}, {}}, "which is not supported");
  refuses({{{"a", at::eye(3).to_sparse()}}, {}}, "is not dense");
  refuses({{{"\xff", at::ones({3})}}, {}}, "is not UTF-8");
  refuses({{}, {{"key", "\xff"}}}, "is not UTF-8");

  // A full disk, simulated by a limit on file sizes.
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const rlimit small{4096, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string full = complaint([&] { write_safetensors(path, {{{"a", at::ones({5000})}}, {}}); });
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK(contains(full, path + ": cannot be written: File too large"));
  CHECK(bytes_of(path) == before);
  CHECK(folder.files().size() == 1);

  CHECK(
      contains(complaint([&] { write_safetensors(folder.file("no/such"), old); }), "cannot be written: No such file"));
  fs::create_directory(folder.file("sub"));
  CHECK(contains(complaint([&] { write_safetensors(folder.file("sub"), old); }), "cannot be written: Is a directory"));
  CHECK(contains(complaint([&] { require_writable(folder.file("no/such")); }), "cannot be written: No such file"));
  CHECK(contains(complaint([&] { require_writable(folder.file("sub")); }), "cannot be written: Is a directory"));
  require_writable(path);
  require_writable(folder.file("new"));
  CHECK(folder.files().size() == 2);

  // A temporary file of a killed writer with the same process number does not block writing.
  put(path + ".partial-" + std::to_string(::getpid()) + "-0", "left");
  write_safetensors(path, {{{"a", at::zeros({3})}}, {}});
  CHECK(bytes_of(path) != before);
}
