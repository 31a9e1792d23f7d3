package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	"salvor.test/cluster/internal/component"
)

// components turn this process into a server and never return. They take the server's name, as
// the servers' own parsers expect it, and its flags. This is the only file that makes the compiler
// read Kubernetes.
var components = map[string]func(arguments []string){
	component.Etcd:              runEtcd,
	component.APIServer:         kubernetes(apiserver.NewAPIServerCommand),
	component.ControllerManager: kubernetes(controllermanager.NewControllerManagerCommand),
	component.Scheduler:         kubernetes(newScheduler),
	component.Kubelet:           kubernetes(newKubelet),
}

func runEtcd(arguments []string) {
	etcdmain.Main(arguments)
	os.Exit(0)
}

func newScheduler() *cobra.Command { return scheduler.NewSchedulerCommand() }

func newKubelet() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }

func kubernetes(newCommand func() *cobra.Command) func([]string) {
	return func(arguments []string) {
		os.Args = arguments
		os.Exit(cli.Run(newCommand()))
	}
}
