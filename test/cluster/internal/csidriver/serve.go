package csidriver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// Options say where a driver finds and leaves things.
type Options struct {
	Driver  Driver
	Node    string // the node's name
	Cluster string // a name that no other user of the storage has
	Storage string // folder
	Socket  string // where the kubelet, the provisioner and the snapshotter reach it
	// Registration is a socket in the folder where the kubelet looks for new plugins.
	Registration string
	Notes        Notes
}

// Serve is the driver. It returns when the context is done.
func Serve(ctx context.Context, options Options) error {
	storage, err := openStore(filepath.Join(options.Storage, options.Driver.Name), options.Cluster)
	if err != nil {
		return fmt.Errorf("opening the storage: %w", err)
	}
	server := grpc.NewServer(grpc.UnaryInterceptor(options.Notes.intercept))
	csi.RegisterIdentityServer(server, &identity{driver: options.Driver})
	csi.RegisterControllerServer(server, &controller{
		driver: options.Driver, store: storage, notes: options.Notes, busy: map[string]bool{}})
	csi.RegisterNodeServer(server, &node{name: options.Node, store: storage})
	registrar := grpc.NewServer()
	registration.RegisterRegistrationServer(registrar, &registered{driver: options.Driver, socket: options.Socket})

	failed := make(chan error, 2)
	for _, listening := range []struct {
		server *grpc.Server
		socket string
	}{{server, options.Socket}, {registrar, options.Registration}} {
		listener, err := listen(listening.socket)
		if err != nil {
			return err
		}
		defer listening.server.Stop()
		go func() { failed <- listening.server.Serve(listener) }()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

// listen takes the place of a former process that was killed.
func listen(socket string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(socket), 0o750); err != nil {
		return nil, err
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return net.Listen("unix", socket)
}

// identity tells who the driver is.
type identity struct {
	csi.UnimplementedIdentityServer
	driver Driver
}

func (i *identity) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: i.driver.Name, VendorVersion: "1"}, nil
}

func (i *identity) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{Ready: wrapperspb.Bool(true)}, nil
}

func (i *identity) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (
	*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{Capabilities: []*csi.PluginCapability{
		{Type: &csi.PluginCapability_Service_{Service: &csi.PluginCapability_Service{
			Type: csi.PluginCapability_Service_CONTROLLER_SERVICE}}},
		{Type: &csi.PluginCapability_VolumeExpansion_{VolumeExpansion: &csi.PluginCapability_VolumeExpansion{
			Type: csi.PluginCapability_VolumeExpansion_ONLINE}}},
	}}, nil
}

// registered tells the kubelet, which finds its socket, where the driver's own socket is.
type registered struct {
	registration.UnsafeRegistrationServer
	driver Driver
	socket string
}

func (r *registered) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{Type: registration.CSIPlugin, Name: r.driver.Name, Endpoint: r.socket,
		SupportedVersions: []string{"1.0.0"}}, nil
}

func (r *registered) NotifyRegistrationStatus(_ context.Context, told *registration.RegistrationStatus) (
	*registration.RegistrationStatusResponse, error) {
	if !told.GetPluginRegistered() {
		fmt.Fprintln(os.Stderr, "the kubelet refuses the driver:", told.GetError())
	}
	return &registration.RegistrationStatusResponse{}, nil
}
