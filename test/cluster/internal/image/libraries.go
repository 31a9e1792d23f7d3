package image

import (
	"debug/elf"
	"fmt"
	"os/exec"
	"strings"
)

// libraries are the files that a program loads when it starts, the loader among them.
func libraries(program string) ([]string, error) {
	file, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("%s is no program that an image can start (%w): name an ELF file", program, err)
	}
	defer file.Close()
	if file.Section(".interp") == nil {
		return nil, nil // linked statically
	}
	output, err := exec.Command("ldd", program).Output()
	if err != nil {
		return nil, fmt.Errorf("asking ldd what %s needs: %w", program, err)
	}
	return parseLdd(program, string(output))
}

// parseLdd reads lines like "libc.so.6 => /lib/libc.so.6 (0x7f00)" and "/lib64/ld.so (0x7f00)".
// One without a path, linux-vdso.so.1, is the kernel's.
func parseLdd(program, output string) ([]string, error) {
	var paths []string
	for line := range strings.Lines(output) {
		name, path, isFound := strings.Cut(line, "=>")
		if !isFound {
			path = name
		}
		if strings.Contains(path, "not found") {
			return nil, fmt.Errorf("%s needs %s, which this machine doesn't have", program, strings.TrimSpace(name))
		}
		path, _, _ = strings.Cut(path, "(")
		if path = strings.TrimSpace(path); strings.HasPrefix(path, "/") {
			paths = append(paths, path)
		}
	}
	return paths, nil
}
