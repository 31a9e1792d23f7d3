package cli

import (
	"os"

	"github.com/spf13/cobra"

	"salvor.test/cluster/internal/lifecycle"
)

func image() *cobra.Command {
	var programs []string
	command := &cobra.Command{
		Use:   "image DIR REFERENCE --program PATH",
		Short: "Make an image of programs of this machine and what they need; its containers start the first",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Image(arguments[0], arguments[1], programs)
		},
	}
	command.Flags().StringArrayVar(&programs, "program", nil, "a program to put into /bin; may be given again")
	command.MarkFlagRequired("program")
	return command
}

func fault() *cobra.Command {
	return &cobra.Command{
		Use:   "fault DIR DRIVER CALL=ACTION... | clear",
		Short: "Have a CSI driver's calls stall, fail with error:TEXT, or, for create-snapshot, leave it not-ready",
		Args:  cobra.MinimumNArgs(3),
		RunE: func(_ *cobra.Command, arguments []string) error {
			faults := arguments[2:]
			if len(faults) == 1 && faults[0] == "clear" {
				faults = nil
			}
			return lifecycle.Fault(arguments[0], arguments[1], faults)
		},
	}
}

func calls() *cobra.Command {
	return &cobra.Command{
		Use:   "calls DIR DRIVER",
		Short: "Print how often each method of a CSI driver was called, and with what outcomes",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Calls(arguments[0], arguments[1], os.Stdout)
		},
	}
}
