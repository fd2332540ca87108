// Files of named tensors in the safetensors format: https://huggingface.co/docs/safetensors
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "rules/bad_input.h"

namespace matchday {

struct SafetensorsFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads all tensors into CPU memory; those of a dtype that no reader here needs, such as U16, as their bytes. Trusts
/// nothing in the file; throws BadInput naming the file and the tensor.
SafetensorsFile read_safetensors(const std::string& path);

/// The metadata alone, without the tensors' data. Checks and throws as read_safetensors does.
std::map<std::string, std::string> read_metadata(const std::string& path);

/// The tensor of that name. Throws BadInput with a sentence that begins with `where` if there is none, it has another
/// type or shape, or it holds a number that is not finite.
const at::Tensor& tensor_in(const std::map<std::string, at::Tensor>& tensors, const std::string& name,
                            at::ScalarType type, at::IntArrayRef sizes, const std::string& where);

/// Writes the file whole or not at all: under another name in the same folder, then renamed. Tensors may be
/// on any device and need not be contiguous. Equal content gives equal bytes. Throws BadInput.
void write_safetensors(const std::string& path, const SafetensorsFile& file);

/// Throws BadInput if write_safetensors could not write there. Call it before long work whose result goes there.
void require_writable(const std::string& path);

}  // namespace matchday
