// Package port reserves TCP ports of 127.0.0.1 ahead of the servers that will listen on them.
package port

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Reserve binds the preferred port, or if that is 0 or taken, one that the kernel chooses. As long
// as the file is open the kernel gives the port to nobody else, except to a server of the same
// user that asks for it by number and with SO_REUSEPORT.
func Reserve(preferred int) (*os.File, int, error) {
	if preferred != 0 {
		if file, number, err := bind(preferred); err == nil {
			return file, number, nil
		}
	}
	file, number, err := bind(0)
	if err != nil {
		return nil, 0, fmt.Errorf("reserving a port of 127.0.0.1: %w", err)
	}
	return file, number, nil
}

func bind(number int) (*os.File, int, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, err
	}
	file := os.NewFile(uintptr(socket), "reserved port")
	bound, err := bindSocket(socket, number)
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, bound, nil
}

func bindSocket(socket, number int) (int, error) {
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, err
	}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Port: number, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	address, err := unix.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return address.(*unix.SockaddrInet4).Port, nil
}
