package io.agentbus.testkit;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A program that stands in a document, compiled as its reader would do it. */
public final class CompiledExample {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```");
  private static final Pattern NAME = Pattern.compile("(?m)^public class (\\w+)");

  private CompiledExample() {}

  /** The class of the first Java block of a page. @param folder where to write it */
  public static Class<?> of(Path page, Path folder) throws IOException, ClassNotFoundException {
    var block = BLOCK.matcher(Files.readString(page));
    if (!block.find()) {
      throw new AssertionError(page + " has no block of Java");
    }
    var source = block.group(1);
    var name = NAME.matcher(source);
    if (!name.find()) {
      throw new AssertionError("the Java of " + page + " has no public class");
    }
    var complaints = new StringWriter();
    var file = new SimpleJavaFileObject(URI.create("string:///" + name.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
    var options = List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path"), "-proc:none");
    if (!ToolProvider.getSystemJavaCompiler().getTask(complaints, null, null, options, null, List.of(file)).call()) {
      throw new AssertionError(page + ": " + complaints);
    }
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, CompiledExample.class.getClassLoader()).loadClass(name.group(1));
  }
}
