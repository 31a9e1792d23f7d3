// Package port reserves TCP ports ahead of the servers that will listen on them.
package port

import (
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// Reserve binds the preferred port of an IPv4 address, or if that port is 0 or taken, one that the
// kernel chooses. As long as the file is open the kernel gives the port to nobody else, except to a
// server of the same user that asks for it by number and with SO_REUSEPORT.
func Reserve(address string, preferred int) (*os.File, int, error) {
	parsed, err := netip.ParseAddr(address)
	if err != nil || !parsed.Is4() {
		return nil, 0, fmt.Errorf("reserving a port: %q is no IPv4 address", address)
	}
	if preferred != 0 {
		if file, number, err := bind(parsed.As4(), preferred); err == nil {
			return file, number, nil
		}
	}
	file, number, err := bind(parsed.As4(), 0)
	if err != nil {
		return nil, 0, fmt.Errorf("reserving a port of %s: %w", address, err)
	}
	return file, number, nil
}

func bind(address [4]byte, number int) (*os.File, int, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, err
	}
	file := os.NewFile(uintptr(socket), "reserved port")
	bound, err := bindSocket(socket, address, number)
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, bound, nil
}

func bindSocket(socket int, address [4]byte, number int) (int, error) {
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, err
	}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Port: number, Addr: address}); err != nil {
		return 0, err
	}
	bound, err := unix.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return bound.(*unix.SockaddrInet4).Port, nil
}
