package io.agentbus.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection that sends more than it may before it is known who is there. Stands before the decoders, which would keep a whole
 * WebSocket message of a stranger before anybody could judge its size.
 */
final class UploadLimit extends ChannelInboundHandlerAdapter {
  static final String NAME = "agentbus-upload-limit";
  private long left;

  UploadLimit(int bytes) {
    left = bytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof ByteBuf bytes && (left -= bytes.readableBytes()) < 0) {
      ReferenceCountUtil.release(message);
      context.close();
    } else {
      super.channelRead(context, message);
    }
  }
}
