// Program salvor-cluster runs real Kubernetes control planes for the tests. It holds all their
// servers, and is started anew, with a server's name as its subcommand, for each of them.
package main

import (
	"os"

	"salvor.test/cluster/internal/cli"
)

func main() {
	if len(os.Args) > 1 {
		if run, isComponent := components[os.Args[1]]; isComponent {
			run(os.Args[1:])
		}
	}
	os.Exit(cli.Main(os.Args[1:]))
}
