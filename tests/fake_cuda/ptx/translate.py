#!/usr/bin/env python3
"""translate.py [--count] OUT.cpp IN.ptx: kernels as nvcc made them, turned into C++ that a CPU runs (machine.h).

A kernel becomes a function that one thread runs: its registers are variables, its labels targets of goto. Only those
instructions are known that nvcc makes of our kernels, and all of them are exactly rounded; any other ends the
translation and is named with its line. With --count the functions count how often their basic blocks run.
"""

import re
import sys
from pathlib import Path

# The type of a register by its prefix, and what it holds before anything is written to it: something that shows.
REGISTERS = {"p": ("bool", "true"), "rs": ("u16", "0xBAD1"), "r": ("u32", "0xBADBAD01"), "f": ("f32", "-3e33F"),
             "rd": ("u64", "0xBADBADBADBADBAD1")}
SPECIAL = {"%tid.x": "u32(thread.number)", "%ctaid.x": "u32(thread.block_x)", "%ctaid.y": "u32(thread.block_y)"}
BYTES = {"pred": 1, "u8": 1, "s8": 1, "b16": 2, "u16": 2, "s16": 2, "b32": 4, "u32": 4, "s32": 4, "f32": 4, "b64": 8, "u64": 8, "s64": 8}

# What an instruction gives of its operands a, b, c and d; `real` and other functions are instructions.h's.
OF_REALS = {
    "add.rn": "real({a} + {b})", "sub.rn": "real({a} - {b})", "mul.rn": "real({a} * {b})", "div.rn": "real({a} / {b})",
    "rcp.rn": "real(1.0F / {a})", "sqrt.rn": "real(std::sqrt({a}))", "abs": "std::fabs({a})", "neg": "-{a}",
    "mov": "{a}", "selp": "{c} ? {a} : {b}", "min": "real(smaller({a}, {b}))",
}
OF_WHOLE_NUMBERS = {
    "add": "{a} + {b}", "sub": "{a} - {b}", "mul.lo": "{a} * {b}", "mad.lo": "{a} * {b} + {c}", "neg": "-{a}",
    "and": "{a} & {b}", "or": "{a} | {b}", "xor": "{a} ^ {b}", "not": "~{a}", "mov": "{a}", "selp": "{c} ? {a} : {b}",
    "shl": "shift_left({a}, {b})", "shr": "shift_right({a}, {b})", "bfi": "insert_bits({a}, {b}, {c}, {d})",
    "mul.hi": "upper_product({a}, {b})", "mul.wide": "wide_product({a}, {b})", "div": "quotient({a}, {b})",
    "min": "std::min({a}, {b})", "max": "std::max({a}, {b})",
}
OF_TRUTHS = {"or": "{a} | {b}", "and": "{a} & {b}", "xor": "{a} ^ {b}", "not": "!{a}", "mov": "{a}"}
# Comparisons that end in u are true where a number is not one.
COMPARISONS = {
    "eq": "{a} == {b}", "ne": "{a} != {b}", "lt": "{a} < {b}", "le": "{a} <= {b}", "gt": "{a} > {b}",
    "ge": "{a} >= {b}", "neu": "!({a} == {b})", "ltu": "!({a} >= {b})", "leu": "!({a} > {b})", "gtu": "!({a} <= {b})",
    "geu": "!({a} < {b})", "num": "{a} == {a} && {b} == {b}", "nan": "!({a} == {a} && {b} == {b})",
}
CONVERSIONS = ("cvt.s64.s32", "cvt.u64.u32", "cvt.u32.u64", "cvt.rn.f32.s32", "cvt.u16.u32")
SIGN_MATTERS = ("mul.hi", "mul.wide", "shr", "min", "max", "div")
# What is told for these types alone; other instructions mean the same for any.
TYPES = {"mul.hi": ("u32", "s32"), "mul.wide": ("u32", "s32"), "div": ("u32",), "bfi": ("b32",),
         "setp.ne": ("s16", "s32", "s64", "b32", "b64")}
TYPES_OF_OTHERS = {"selp": {2: "pred"}, "shl": {1: "u32"}, "shr": {1: "u32"}, "bfi": {2: "u32", 3: "u32"}}


class Unknown(Exception):
    """Something that is not among the few things that a kernel of ours is made of."""


def split(operands):
    """The operands, {a, b} and [a] kept whole."""
    return re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,\s]+", operands)


def variable(register):
    """Its name in C++; the line keeps it apart from types."""
    return register[1:] + "_"


def c_type(ptx_type):
    return "bool" if ptx_type == "pred" else ptx_type.replace("b", "u")


class Kernel:
    """A kernel's parts, in PTX and in C++."""

    def __init__(self, name, parameters):
        self.name = name
        self.parameters = parameters  # name: bytes
        self.registers = {}  # name: prefix
        self.read = set()
        self.written = set()
        self.shared = {}  # the variables in shared memory that it uses
        self.code = []
        self.basic_blocks = []  # instructions in each


class Translation:
    def __init__(self, path, counts):
        self.path = path
        self.counts = counts
        self.text = path.read_text()
        self.sources = {n: Path(name).name for n, name in re.findall(r'^\s*\.file\s+(\d+) "([^"]*)"', self.text, re.M)}
        self.shared = {}  # name: (place, bytes)
        self.kernels = []
        self.source = "?"

    def kind(self, name):
        """The C++ type of a register."""
        prefix = re.fullmatch(r"%([a-z]+)\d+", name)
        if not prefix or prefix[1] not in REGISTERS:
            raise Unknown(f"register {name}")
        self.kernel.registers[name] = prefix[1]
        return REGISTERS[prefix[1]][0]

    def value(self, text, ptx_type):
        """What an operand is, read as that type."""
        wanted = c_type(ptx_type)
        if text in SPECIAL:
            return f"as<{wanted}>({SPECIAL[text]})"
        if text.startswith("%"):
            kind = self.kind(text)
            self.kernel.read.add(text)
            return variable(text) if kind == wanted else f"as<{wanted}>({variable(text)})"
        if bits := re.fullmatch(r"0f([0-9A-F]{8})", text):
            return f"as<f32>(0x{bits[1]}U)"
        if re.fullmatch(r"-?\d+", text):
            return f"{wanted}({text}{'ULL' if wanted == 'u64' else 'LL'})"
        if text in self.shared:
            self.kernel.shared[text] = self.shared[text]
            return f"{wanted}({self.shared[text][0]})"
        if text in self.kernel.parameters:
            return f"{wanted}(thread.parameters[{list(self.kernel.parameters).index(text)}])"
        raise Unknown(f"symbol {text}")

    def put(self, register, expression, ptx_type):
        self.kernel.written.add(register)
        kind = self.kind(register)
        if (kind == "f32") != (ptx_type == "f32"):
            expression = f"as<{kind}>({expression})"
        return f"{variable(register)} = {expression};"

    def calculation(self, operation, ptx_type, operands):
        if ptx_type not in TYPES.get(operation, (ptx_type,)):
            raise Unknown("this instruction")
        group = OF_REALS if ptx_type == "f32" else OF_TRUTHS if ptx_type == "pred" else OF_WHOLE_NUMBERS
        if operation.startswith("setp.") and operation[5:] in COMPARISONS:
            form, result = COMPARISONS[operation[5:]], "pred"
        elif operation in group:
            if ptx_type[0] == "s" and operation not in SIGN_MATTERS:
                ptx_type = "u" + ptx_type[1:]
            form, result = group[operation], "u64" if operation == "mul.wide" else ptx_type
        else:
            raise Unknown("this instruction")
        others = TYPES_OF_OTHERS.get(operation, {})
        values = [self.value(text, others.get(k, ptx_type)) for k, text in enumerate(operands[1:])]
        return self.put(operands[0], form.format(**dict(zip("abcd", values))), result)

    def access(self, opcode, operands):
        """A load, a store or an atomic addition."""
        known = re.fullmatch(r"(ld|st|atom)\.(global|shared|param)(\.add)?(?:\.v([24]))?\.(\w+)", opcode)
        if not known or known[5] not in BYTES or (known[1] == "atom") != bool(known[3]):
            raise Unknown("this instruction")
        how, space, _, several, ptx_type = known.groups()
        memory, rest = operands[how != "st"], operands[how == "st"]
        base, offset = re.fullmatch(r"\[(.+?)(?:\+(-?\d+))?\]", memory).groups()
        address = f"{self.value(base, 'u64')} + u64({offset or 0}LL)"
        kind, size = c_type(ptx_type), BYTES[ptx_type]
        names = split(rest[1:-1]) if several else [rest]
        use = {"ld": "read", "st": "write", "atom": "change"}[how]
        reach = (f"pointer({address})" if space == "param" else
                 f"thread.reach(Space::{space}, {{{self.site()}, {address}, {size * len(names)}, Use::{use}}})")
        if how == "ld":
            gets = [self.put(name, f"get<{kind}>(at + {size * k})", ptx_type) for k, name in enumerate(names)]
        elif how == "st":
            gets = [f"set<{kind}>(at + {size * k}, {self.value(name, ptx_type)});" for k, name in enumerate(names)]
        else:
            gets = [f"const {kind} old = get<{kind}>(at); set<{kind}>(at, old + {self.value(operands[2], ptx_type)});",
                    self.put(rest, "old", ptx_type)]
        return f"{{ auto* at = {reach}; {' '.join(gets)} }}"

    def site(self):
        return f'"{self.path.name}:{self.line} ({self.source})"'

    def instruction(self, opcode, operands):
        if opcode in ("bra", "bra.uni"):
            return f"goto {operands[0][1:]};"
        if opcode == "ret":
            return "return;"
        if opcode == "bar.warp.sync":
            return f"thread.meet({self.site()}, {self.value(operands[0], 'u32')});"
        if opcode.startswith(("ld.", "st.", "atom.")):
            return self.access(opcode, operands)
        if opcode in CONVERSIONS:
            to, source = opcode.split(".")[-2:]
            return self.put(operands[0], f"{to}({self.value(operands[1], source)})", to)
        if opcode == "cvta.to.global.u64":
            opcode = "mov.u64"
        operation, _, ptx_type = opcode.rpartition(".")
        if ptx_type not in BYTES:
            raise Unknown("this instruction")
        return self.calculation(operation, ptx_type, operands)

    def new_basic_block(self):
        if self.counts:
            self.kernel.code.append(f"  ++thread.runs[{len(self.kernel.basic_blocks)}];")
        self.kernel.basic_blocks.append(0)

    def statement(self, text):
        """A line within a kernel."""
        kernel = self.kernel
        if label := re.fullmatch(r"\$(\w+):", text):
            kernel.code.append(f"{label[1]}:")
            return self.new_basic_block()
        if place := re.match(r"\.loc\s+(\d+)\s+(\d+)(?:.*inlined_at (\d+) (\d+))?", text):
            file, line, caller_file, caller_line = place.groups()
            if self.sources.get(file, "").endswith(".hpp") and caller_file:  # CUDA's own: who calls it says more
                file, line = caller_file, caller_line
            self.source = f"{self.sources.get(file, '?')}:{line}"
            return None
        if self.declared(text):
            return None
        found = re.fullmatch(r"(?:@(!?)(%p\d+)\s+)?([a-z][\w.]*)\s*(.*);", text)
        if not found:
            raise Unknown("this line")
        negated, guard, opcode, operands = found.groups()
        kernel.basic_blocks[-1] += 1
        code = self.instruction(opcode, split(operands))
        kernel.code.append(f"  if ({negated}{self.value(guard, 'pred')}) {code}" if guard else f"  {code}")
        return self.new_basic_block() if guard else None

    def begin(self, header):
        name = re.search(r"\.entry ([\w$]+)\(", header)
        if not name:
            raise Unknown("this function")
        parameters = re.findall(r"\.param (?:\.align \d+ )?\.(\w+) ([\w$]+)(?:\[(\d+)\])?", header)
        sizes = {symbol: int(count) if count else BYTES[kind] for kind, symbol, count in parameters}
        self.kernel = Kernel(name[1], sizes)
        self.kernels.append(self.kernel)
        self.new_basic_block()

    def declared(self, text):
        """Whether a line declares something, or says something of the file."""
        if found := re.fullmatch(r"\.shared \.align \d+ \.b8 ([\w$]+)\[(\d+)\];", text):
            last = max(self.shared.values(), default=(0, 0))
            self.shared[found[1]] = (-(-sum(last) // 64) * 64 + 64, int(found[2]))  # an overrun meets nothing
            return True
        return text.startswith((".version", ".target", ".address_size", ".file", ".reg", ".pragma"))

    def translate(self):
        self.kernel, header = None, ""
        for self.line, raw in enumerate(self.text.split("\n"), 1):
            text = raw.split("//")[0].strip()
            if text.startswith(".section"):
                break  # what a debugger wants
            try:
                if self.kernel is not None:
                    if text == "}":
                        self.kernel = None
                    elif text:
                        self.statement(text)
                elif text == "{":
                    self.begin(header)
                    header = ""
                elif text and (header or not self.declared(text)):
                    header += text + " "
            except Unknown as what:
                sys.exit(f"{self.path}:{self.line}: {what} is none of what our kernels are made of, all of it exactly "
                         f"rounded (translate.py): {text}")
        for kernel in self.kernels:
            if unwritten := kernel.read - kernel.written:
                sys.exit(f"{self.path}: {kernel.name} reads {min(unwritten)}, which nothing writes to")

    def c_plus_plus(self):
        out = ['#include "instructions.h"', "", "namespace matchday::ptx {", "namespace {", ""]
        for number, kernel in enumerate(self.kernels):
            out.append(f"void kernel_{number}(Thread& thread) {{  // {kernel.name}")
            for prefix, (kind, before) in REGISTERS.items():
                if names := [variable(name) for name, of in kernel.registers.items() if of == prefix]:
                    out.append(f"  {kind} {', '.join(f'{name} = {before}' for name in names)};")
            out += [*kernel.code, "}", ""]
        out.append("const Registration registration{{")
        for number, kernel in enumerate(self.kernels):
            shared = ", ".join(f'{{"{name}", {place}, {size}}}' for name, (place, size) in kernel.shared.items())
            out.append(f'  {{"{kernel.name}", kernel_{number}, {{{", ".join(map(str, kernel.parameters.values()))}}}, '
                       f"{{{shared}}}, {{{', '.join(map(str, kernel.basic_blocks))}}}}},")
        return "\n".join([*out, "}};", "", "}  // namespace", "}  // namespace matchday::ptx", ""])


if __name__ == "__main__":
    arguments = [word for word in sys.argv[1:] if word != "--count"]
    translation = Translation(Path(arguments[1]), "--count" in sys.argv)
    translation.translate()
    Path(arguments[0]).write_text(translation.c_plus_plus())
