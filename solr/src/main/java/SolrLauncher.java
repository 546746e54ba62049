import java.nio.file.Path;
import java.util.EnumSet;
import javax.servlet.DispatcherType;
import org.apache.solr.servlet.CoreContainerProvider;
import org.apache.solr.servlet.SolrDispatchFilter;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.DefaultServlet;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;

/**
 * Runs Solr in one JVM, without Solr's own start scripts: SolrLauncher HOME PORT [ADDRESS].
 *
 * <p>It listens on 127.0.0.1 unless another address is given, as in a container. Solr's distribution is no Maven artifact, its server code is: this class
 * does what the distribution's web.xml does, a core container and one filter under /solr.
 */
public final class SolrLauncher {
  private SolrLauncher() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    String port = arguments[1];
    System.setProperty("solr.solr.home", home.toString());
    System.setProperty("solr.install.dir", home.toString());
    System.setProperty("solr.log.dir", home.resolve("logs").toString());
    System.setProperty("jetty.port", port);

    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(arguments.length > 2 ? arguments[2] : "127.0.0.1");
    connector.setPort(Integer.parseInt(port));
    server.addConnector(connector);

    ServletContextHandler solr = new ServletContextHandler(server, "/solr", ServletContextHandler.NO_SESSIONS);
    solr.setResourceBase(home.toString());
    solr.addEventListener(new CoreContainerProvider());
    solr.addFilter(new FilterHolder(SolrDispatchFilter.class), "/*", EnumSet.of(DispatcherType.REQUEST));
    solr.addServlet(DefaultServlet.class, "/");

    server.setStopAtShutdown(true);
    server.start();
    server.join();
  }
}
