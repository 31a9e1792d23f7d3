package port

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReservedPortIsForSharersOnly(t *testing.T) {
	file, number, err := Reserve("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	address := fmt.Sprintf("127.0.0.1:%d", number)

	if listener, err := net.Listen("tcp", address); err == nil {
		listener.Close()
		t.Error("another program could take the reserved port")
	}

	sharing := net.ListenConfig{Control: func(_, _ string, connection syscall.RawConn) error {
		return connection.Control(func(fd uintptr) {
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
	}}
	listener, err := sharing.Listen(context.Background(), "tcp", address)
	if err != nil {
		t.Fatalf("the server for which the port is reserved can't have it: %v", err)
	}
	listener.Close()
}

func TestPreferredPortIsTakenIfFree(t *testing.T) {
	file, number, err := Reserve("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()

	again, sameNumber, err := Reserve("127.0.0.1", number)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()

	if sameNumber != number {
		t.Errorf("got port %d, want %d", sameNumber, number)
	}
}

func TestTakenPortIsReplaced(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port

	file, number, err := Reserve("127.0.0.1", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	if number == taken || number == 0 {
		t.Errorf("got port %d though %d is taken", number, taken)
	}
}
