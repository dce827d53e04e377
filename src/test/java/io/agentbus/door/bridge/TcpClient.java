package io.agentbus.door.bridge;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** Frames over TCP. */
public final class TcpClient extends BridgeClient {
  private final Socket socket;
  private final DataInputStream in;

  public TcpClient(int port) throws IOException {
    this(port, true);
  }

  /** @param reads whether what comes is read from the socket */
  TcpClient(int port, boolean reads) throws IOException {
    socket = new Socket();
    if (!reads) {
      socket.setReceiveBufferSize(4 << 10);
    }
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    if (reads) {
      read();
    }
  }

  /** Over a socket that is connected. */
  TcpClient(Socket connected) throws IOException {
    socket = connected;
    in = new DataInputStream(socket.getInputStream());
    read();
  }

  private void read() {
    Thread.ofVirtual().name("test-tcp-client").start(() -> {
      try {
        while (true) {
          hear(in.readNBytes(in.readInt()));
        }
      } catch (IOException ended) {
        end();
      }
    });
  }

  @Override
  void sendFrame(byte[] frame) throws IOException {
    sendBytes(ByteBuffer.allocate(frame.length + 4).putInt(frame.length).put(frame).array());
  }

  void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** A frame of which only a part comes. */
  void sendLength(int length, int bytes) throws IOException {
    sendBytes(ByteBuffer.allocate(bytes + 4).putInt(length).array());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
