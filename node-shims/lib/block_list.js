binding.BlockList=class{};binding.SocketAddress=class{};
